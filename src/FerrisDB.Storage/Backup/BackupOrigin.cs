namespace FerrisDB.Storage;

/// <summary>What a backup has: the files of a database at one moment, held until this is disposed.</summary>
/// <param name="moment">When that was.</param>
/// <param name="log">The log above what tables have.</param>
/// <param name="tables">Tables and blobs, and last of all the manifest that names them.</param>
/// <remarks>For one thread at a time.</remarks>
internal sealed class BackupOrigin(
    BackupMoment moment, IReadOnlyList<BackupSource> log, IReadOnlyList<BackupSource> tables) : IAsyncDisposable
{
    public BackupMoment Moment => moment;

    /// <summary>Stored first, so that the database can go on reusing its log.</summary>
    public IReadOnlyList<BackupSource> Log => log;

    public IReadOnlyList<BackupSource> Tables => tables;

    /// <summary>Lets the log go, when it is stored.</summary>
    public required Func<ValueTask> ReleaseLogAsync { get; init; }

    /// <summary>Lets all go.</summary>
    public required Func<ValueTask> ReleaseAsync { get; init; }

    public ValueTask DisposeAsync() => ReleaseAsync();
}
