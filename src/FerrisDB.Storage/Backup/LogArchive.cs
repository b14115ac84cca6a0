namespace FerrisDB.Storage;

// Who keeps the log in backups holds it from the begin of the first one on:
//
//     all          log        log        all        log
//      │ hold ──────┼──────────┼──────────┼──────────┼───►
//      └ base 1     └ base 1   └ base 1   ├ base 1   └ base 2
//                     + log      + log    │   + log    + log
//                                         └ base 2
//
// Each time the hold moves on to the last segment that the backup has, which grows. Where a new backup is begun, the
// one before goes on up to there: no version is missing between the two.

/// <summary>Takes from an open engine its files, and later again and again what its log has grown by.</summary>
/// <remarks>
/// For one thread at a time, but for <see cref="HeldBytes"/>. Until it is disposed, no log goes away that was not
/// taken.
/// </remarks>
internal sealed class LogArchive(StorageEngine engine, Func<BackupClock>? clock) : ILogArchive, IDisposable
{
    private volatile WalHold? _hold;

    /// <summary>Bytes of log that are held; those that the database itself needs are among them.</summary>
    public long HeldBytes => _hold is { } hold ? engine.Parts.Wal!.HeldBytes(hold) : 0;

    public ValueTask<BackupOrigin> TakeAllAsync(LogPlace? from)
    {
        _hold ??= engine.Parts.Wal?.Hold();
        return EngineBackup.TakeAsync(engine, clock, from);
    }

    public async ValueTask<BackupOrigin?> TakeLogAsync(LogPlace from)
    {
        if (engine.Parts.Wal is not { } wal)
            return null;
        var takenAt = engine.Options.TimeProvider.GetUtcNow();
        var now = clock?.Invoke();
        await engine.SyncAsync();
        var hold = wal.Hold();
        _hold?.Dispose();
        _hold = hold;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ArchiveLetsTheLogGo)
            hold.Dispose();
#endif
        // What was ingested since is in no log. Who decides after the hold knows of all that is before its records.
        if (engine.Tree.IngestedVersion > from.Version
            || !LogSources.HasPlace(engine.Tree.Files, hold.Segments, from))
            return null;
        hold.ReleaseBefore(from.Segment);
        var log = LogSources.Of(
            engine.Tree.Files, [.. hold.Segments.Where(segment => segment.Number >= from.Segment)], 0);
        var moment = new BackupMoment(takenAt, now, from.Version, Math.Max(from.Version, log.LastVersion));
        return new BackupOrigin(moment, log.Files, [])
        {
            ReleaseLogAsync = static () => ValueTask.CompletedTask,
            ReleaseAsync = static () => ValueTask.CompletedTask,
        };
    }

    public void Dispose() => _hold?.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
