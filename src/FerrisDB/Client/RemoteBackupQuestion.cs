namespace FerrisDB;

/// <summary>Asks something of a backup, whose files the server holds for this connection alone.</summary>
internal sealed class RemoteBackupQuestion(MessageType type, ReadOnlyMemory<byte> question)
    : AwaitedRequest<byte[]>(type, RoleEndpoint.Backup)
{
    public override FerrisException Lost() => new(
        ErrorCode.ConnectionFailed,
        "The connection was lost while the backup was made. Run it again: it goes on with what is stored already.");

    protected override void WritePayload(MessageWriter writer) => writer.WriteRaw(question.Span);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(payload.ToArray());
        return 0;
    }
}
