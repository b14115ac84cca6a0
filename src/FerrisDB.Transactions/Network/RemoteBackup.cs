namespace FerrisDB.Transactions;

/// <summary>Backups of a database that is on a server: it holds its files, and they are read from there.</summary>
/// <remarks>For one at a time on a connection.</remarks>
internal sealed class RemoteBackup(BackupQuestions ask) : ILogArchive
{
    /// <summary>Makes a backup.</summary>
    public static ValueTask<BackupResult> RunAsync(
        BackupQuestions ask, BackupTarget target, BackupOptions options, CancellationToken cancellationToken) =>
        target.CreateAsync(
            () => new RemoteBackup(ask).BeginAsync(BackupScope.All), options, cancellationToken);

    /// <summary>Keeps the log in backups, until it is cancelled.</summary>
    public ValueTask ArchiveAsync(
        BackupTarget target, ArchiveOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        target.ArchiveAsync(this, null, options, clock, cancellationToken);

    public ValueTask<BackupOrigin> TakeAllAsync(LogPlace? from) =>
        BeginAsync(BackupScope.AllAndLogLater, from ?? default);

    public async ValueTask<BackupOrigin?> TakeLogAsync(LogPlace from)
    {
        var origin = await BeginAsync(BackupScope.Log, from);
        return origin.Log.Count > 0 ? origin : null;
    }

    public ValueTask DisposeAsync() => EndAsync(BackupEnding.Everything);

    private async ValueTask<BackupOrigin> BeginAsync(BackupScope scope, LogPlace from = default)
    {
        var payload = await ask(MessageType.BackupBegin, BackupMessage.BeginQuestion(scope, from));
        return Read(payload);
    }

    private BackupOrigin Read(byte[] payload)
    {
        var reader = new MessageReader(payload);
        var moment = BackupMessage.ReadMoment(ref reader);
        var earlier = reader.ReadFlag() ? BackupMessage.ReadFiles(ref reader, 0, ask) : null;
        var count = earlier?.Count ?? 0;
        var log = BackupMessage.ReadFiles(ref reader, count, ask);
        var tables = BackupMessage.ReadFiles(ref reader, count + log.Count, ask);
        reader.End();
        return new BackupOrigin(moment, log, tables, earlier)
        {
            ReleaseLogAsync = () => EndAsync(BackupEnding.LogFiles),
            ReleaseAsync = () => EndAsync(BackupEnding.Files),
        };
    }

    // If the connection is gone, so is what was held, and whoever makes the backup learns it from the next question.
    private async ValueTask EndAsync(BackupEnding ending)
    {
        try
        {
            await ask(MessageType.BackupEnd, BackupMessage.EndQuestion(ending));
        }
        catch (FerrisException)
        {
        }
    }
}
