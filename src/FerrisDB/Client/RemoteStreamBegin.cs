namespace FerrisDB;

/// <summary>Asks for all rows of a range, which then are asked for one page after the other.</summary>
internal sealed class RemoteStreamBegin(KeyRange range, bool reverse, bool keysOnly)
    : AwaitedRequest<long>(MessageType.StreamBegin, RoleEndpoint.StorageServer)
{
    protected override void WritePayload(MessageWriter writer) =>
        StreamMessage.WriteBegin(writer, range, reverse, keysOnly);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var version = StorageMessage.ReadOnlyNumber(payload);
        SetAnswer(version);
        return version;
    }
}
