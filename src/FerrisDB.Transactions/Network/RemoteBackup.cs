namespace FerrisDB.Transactions;

/// <summary>Holds the files of a database that is on a server, and reads them from there.</summary>
internal static class RemoteBackup
{
    /// <summary>Makes a backup of what the server has.</summary>
    public static ValueTask<BackupResult> RunAsync(
        BackupQuestions ask, BackupTarget target, BackupOptions options, CancellationToken cancellationToken) =>
        target.CreateAsync(() => TakeAsync(ask), options, cancellationToken);

    private static async ValueTask<BackupOrigin> TakeAsync(BackupQuestions ask)
    {
        var payload = await ask(MessageType.BackupBegin, default);
        return Read(payload, ask);
    }

    private static BackupOrigin Read(byte[] payload, BackupQuestions ask)
    {
        var reader = new MessageReader(payload);
        var moment = BackupMessage.ReadMoment(ref reader);
        var log = BackupMessage.ReadFiles(ref reader, 0, ask);
        var tables = BackupMessage.ReadFiles(ref reader, log.Count, ask);
        reader.End();
        return new BackupOrigin(moment, log, tables)
        {
            ReleaseLogAsync = async () => await ask(MessageType.BackupEnd, BackupMessage.EndQuestion(logAlone: true)),
            ReleaseAsync = () => ReleaseAsync(ask),
        };
    }

    // If the connection is gone, so is what was held, and whoever has made the backup knows it.
    private static async ValueTask ReleaseAsync(BackupQuestions ask)
    {
        try
        {
            await ask(MessageType.BackupEnd, BackupMessage.EndQuestion(logAlone: false));
        }
        catch (FerrisException)
        {
        }
    }
}
