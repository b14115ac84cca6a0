namespace FerrisDB;

/// <summary>A step of an import, which a server takes on this connection alone.</summary>
internal sealed class RemoteLoadPart(MessageType type, ReadOnlyMemory<byte> part)
    : AwaitedRequest<long>(type, RoleEndpoint.Load)
{
    private readonly MessageType _type = type;

    public override FerrisException? Lost() => _type switch
    {
        // Nothing was begun, or nobody wants it any more.
        MessageType.LoadBegin => null,
        MessageType.LoadEnd => new FerrisException(
            ErrorCode.CommitUnknownResult,
            "The connection was lost while the server took the rows: all of them are there, or none. To run the "
                + "import again does no harm, unless somebody has changed some of them since."),
        _ => new FerrisException(
            ErrorCode.ConnectionFailed,
            "The connection was lost in the midst of the rows: none of them is in the database. Run the import again."),
    };

    protected override void WritePayload(MessageWriter writer) => writer.WriteRaw(part.Span);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var number = _type == MessageType.LoadBegin ? 0 : StorageMessage.ReadOnlyNumber(payload);
        SetAnswer(number);
        return _type == MessageType.LoadEnd ? number : 0;
    }
}
