namespace FerrisDB;

/// <summary>Asks for keys that cut a range into pieces.</summary>
internal sealed class RemoteSplitPoints(KeyRange range, long chunkBytes)
    : AwaitedRequest<IReadOnlyList<byte[]>>(MessageType.GetSplitPoints, RoleEndpoint.StorageServer)
{
    protected override void WritePayload(MessageWriter writer)
    {
        writer.WriteInt64(chunkBytes);
        StorageMessage.WriteRange(writer, range);
    }

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(StorageMessage.ReadKeys(payload));
        return 0;
    }
}
