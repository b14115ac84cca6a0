namespace FerrisDB.Storage;

/// <summary>What a backup has: the files of a database at one moment, held until this is disposed.</summary>
/// <param name="moment">When that was.</param>
/// <param name="log">The log above what tables have.</param>
/// <param name="tables">Tables and blobs, and last of all the manifest that names them.</param>
/// <param name="earlier">
/// The log before that, from the place on where an earlier backup has to go on; null if nobody has asked for it, or it
/// does not reach back so far.
/// </param>
/// <remarks>For one thread at a time.</remarks>
internal sealed class BackupOrigin(
    BackupMoment moment, IReadOnlyList<BackupSource> log, IReadOnlyList<BackupSource> tables,
    IReadOnlyList<BackupSource>? earlier = null) : IAsyncDisposable
{
    /// <summary>No file at all.</summary>
    public static BackupOrigin Nothing { get; } = new(default, [], [])
    {
        ReleaseLogAsync = static () => ValueTask.CompletedTask,
        ReleaseAsync = static () => ValueTask.CompletedTask,
    };

    public BackupMoment Moment => moment;

    /// <summary>Stored first, so that the database can go on reusing its log.</summary>
    public IReadOnlyList<BackupSource> Log => log;

    public IReadOnlyList<BackupSource> Tables => tables;

    public IReadOnlyList<BackupSource>? Earlier => earlier;

    /// <summary>All files, in the order in which they are numbered.</summary>
    public IEnumerable<BackupSource> All => [.. earlier ?? [], .. log, .. tables];

    /// <summary>The log alone, all of it, for the backup that goes on. Holds nothing by itself.</summary>
    public BackupOrigin Continuation => new(moment, [.. earlier ?? [], .. log], [])
    {
        ReleaseLogAsync = static () => ValueTask.CompletedTask,
        ReleaseAsync = static () => ValueTask.CompletedTask,
    };

    /// <summary>Lets the log go, when it is stored.</summary>
    public required Func<ValueTask> ReleaseLogAsync { get; init; }

    /// <summary>Lets all go.</summary>
    public required Func<ValueTask> ReleaseAsync { get; init; }

    public ValueTask DisposeAsync() => ReleaseAsync();
}
