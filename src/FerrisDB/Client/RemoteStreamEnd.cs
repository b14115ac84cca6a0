namespace FerrisDB;

/// <summary>Says that no more rows of a range are wanted.</summary>
internal sealed class RemoteStreamEnd(ulong stream)
    : AwaitedRequest<bool>(MessageType.StreamEnd, RoleEndpoint.StorageServer)
{
    public override FerrisException Lost() => new(ErrorCode.ConnectionFailed, "The connection was lost.");

    protected override void WritePayload(MessageWriter writer) => writer.WriteUInt64(stream);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(true);
        return 0;
    }
}
