namespace FerrisDB.Transactions;

/// <summary>A file that a server holds for a backup.</summary>
internal sealed class RemoteBackupSource(
    BackupQuestions ask, int index, string name, long sizeBytes, FileStamp? stamp) : BackupSource(name, sizeBytes)
{
    private const int HashBytes = 32;

    private string _hash = "";

    public override FileStamp? Stamp => stamp;

    public override async ValueTask<string> HashAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await ask(MessageType.BackupHash, BackupMessage.FileQuestion(index, null));
        if (answer.Length != HashBytes)
            throw new ProtocolException($"A hash has {answer.Length} bytes.");
        return _hash = Convert.ToHexStringLower(answer);
    }

    public override Stream Open(Action<long> progress) =>
        new RemoteFileStream(ask, index, Name, SizeBytes, _hash, progress);
}
