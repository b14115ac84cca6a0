using System.Text;

namespace FerrisDB;

/// <summary>Tells a server to do something.</summary>
internal sealed class RemoteOrder(AdminOrder order, string argument)
    : AwaitedRequest<string>(MessageType.Order, RoleEndpoint.Admin)
{
    // The next server that answers is not the one that was meant: it may have been started since.
    public override FerrisException Lost() => new(
        ErrorCode.ConnectionFailed, "The connection ended before the server answered: nobody knows what it has done.");

    protected override void WritePayload(MessageWriter writer) => AdminMessage.WriteOrder(writer, order, argument);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(Encoding.UTF8.GetString(payload));
        return 0;
    }
}
