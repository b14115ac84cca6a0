namespace FerrisDB;

/// <summary>Asks a server how it is.</summary>
internal sealed class RemoteReport(ReportKind kind)
    : AwaitedRequest<byte[]>(MessageType.GetReport, RoleEndpoint.Admin)
{
    protected override void WritePayload(MessageWriter writer) => AdminMessage.WriteGetReport(writer, kind);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(payload.ToArray());
        return 0;
    }
}
