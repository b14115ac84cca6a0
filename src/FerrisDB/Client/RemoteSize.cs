namespace FerrisDB;

/// <summary>Asks how large a range is.</summary>
internal sealed class RemoteSize(KeyRange range)
    : AwaitedRequest<long>(MessageType.EstimateSize, RoleEndpoint.StorageServer)
{
    protected override void WritePayload(MessageWriter writer) => StorageMessage.WriteRange(writer, range);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(StorageMessage.ReadOnlyNumber(payload));
        return 0;
    }
}
