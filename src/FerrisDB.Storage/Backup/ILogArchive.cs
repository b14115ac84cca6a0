namespace FerrisDB.Storage;

/// <summary>A database whose log somebody keeps in backups: in this process, or far away.</summary>
/// <remarks>For one thread at a time. Until it is disposed, no log goes away that was not taken.</remarks>
internal interface ILogArchive : IAsyncDisposable
{
    /// <summary>Takes all, as it is now.</summary>
    /// <param name="from">Where an earlier backup has to go on, if one has to: see <see cref="BackupOrigin.Earlier"/>.
    /// </param>
    ValueTask<BackupOrigin> TakeAllAsync(LogPlace? from);

    /// <summary>Takes the log from a place on; null if it does not reach back so far.</summary>
    ValueTask<BackupOrigin?> TakeLogAsync(LogPlace from);
}
