namespace FerrisDB;

/// <summary>Asks for a transaction to be committed, as often as it takes to learn what became of it.</summary>
internal sealed class RemoteCommit(CommitTransaction transaction, Durability durability)
    : AwaitedRequest<bool>(MessageType.Commit, RoleEndpoint.CommitProxy)
{
    public CommitTransaction Transaction => transaction;

    // Without an id nobody could tell the second time from the first.
    public override FerrisException? Lost()
    {
        if (transaction.Id.IsNone)
            return Unknown("The connection was lost while the transaction was being committed");
        transaction.Attempt++;
        return null;
    }

    public override FerrisException TimedOut(string tried) => WasSent ? Unknown(tried) : base.TimedOut(tried);

    public override FerrisException Refused(FerrisException refusal) =>
        WasSent ? Unknown(refusal.Message) : base.Refused(refusal);

    protected override void WritePayload(MessageWriter writer) =>
        CommitMessage.Write(writer, transaction, durability);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        CommitMessage.ReadDecision(payload, transaction);
        var version = transaction.Version;
        SetAnswer(true);
        return version;
    }

    private static FerrisException Unknown(string reason) => new(
        ErrorCode.CommitUnknownResult,
        $"{Sentence(reason)} Nobody knows whether it was committed: run it again only if doing it twice does no harm.");

    private static string Sentence(string reason) => reason is [.., '.' or '?'] ? reason : reason + ".";
}
