namespace FerrisDB;

/// <summary>Asks for the next rows of a range that is read from begin to end.</summary>
internal sealed class RemoteStreamNext(ulong stream, RowBuffer rows)
    : AwaitedRequest<bool>(MessageType.StreamNext, RoleEndpoint.StorageServer)
{
    // The next connection knows nothing of the version that was held for this one.
    public override FerrisException Lost() => new(
        ErrorCode.ConnectionFailed, "The connection was lost while a range was read. Read it again.");

    protected override void WritePayload(MessageWriter writer) => writer.WriteUInt64(stream);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var more = reader.ReadFlag();
        while (reader.Left > 0)
            rows.Add(reader.ReadBytes(), reader.ReadBytes());
        SetAnswer(more);
        return 0;
    }
}
