using System.Buffers;

namespace FerrisDB.Storage;

// What is taken of an open database for a backup, while writes go on:
//
//     1  sync        everything acknowledged is in the log
//     2  hold        no segment of the log goes away; what it has up to here is in the backup
//     3  freeze      the manifest's state and the tables that it names, held together
//
// 2 comes before 3 for the reason that Checkpoint gives: what a flush makes durable between them is in both.

/// <summary>Takes from an open engine what a backup of it has.</summary>
internal static class EngineBackup
{
    /// <summary>Takes it, as it is now.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="clock">Asked once: what versions have to do with time. Null if nothing.</param>
    /// <param name="from">Where an earlier backup has to go on, if one has to.</param>
    public static async ValueTask<BackupOrigin> TakeAsync(
        StorageEngine engine, Func<BackupClock>? clock, LogPlace? from = null)
    {
        // Both at one moment, and before the log is held: what was committed by then is in the backup.
        var takenAt = engine.Options.TimeProvider.GetUtcNow();
        var now = clock?.Invoke();
        return engine.Parts.Wal is { } wal
            ? await TakeAsync(engine, wal, takenAt, now, from)
            : await TakeReadOnlyAsync(engine.Tree, takenAt, now);
    }

    private static async ValueTask<BackupOrigin> TakeAsync(
        StorageEngine engine, WalWriter wal, DateTimeOffset takenAt, BackupClock? clock, LogPlace? from)
    {
        await engine.SyncAsync();
        var hold = wal.Hold();
        FrozenTree? frozen = null;
        try
        {
            frozen = await FrozenTree.TakeAsync(engine.Tree);
            var log = LogSources.Of(engine.Tree.Files, hold.Segments, frozen.Snapshot.DurableVersion ?? 0);
            var earlier = from is { } place && place.Version >= engine.Tree.IngestedVersion
                ? LogSources.Between(engine.Tree.Files, hold.Segments, place, log)
                : null;
            return OriginOf(engine.Tree, frozen, log, hold, takenAt, clock, earlier);
        }
        catch
        {
            frozen?.Dispose();
            hold.Dispose();
            throw;
        }
    }

    private static async ValueTask<BackupOrigin> TakeReadOnlyAsync(
        LsmTree tree, DateTimeOffset takenAt, BackupClock? clock)
    {
        var state = ManifestLog.Recover(tree.Files, tree.Folder)!;
        var frozen = FrozenTree.Take(tree, state);
        try
        {
            var segments = await Checkpoint.FindSegmentsAsync(tree, state);
            var log = LogSources.Of(tree.Files, segments, state.DurableVersion);
            return OriginOf(tree, frozen, log, null, takenAt, clock);
        }
        catch
        {
            frozen.Dispose();
            throw;
        }
    }

    private static BackupOrigin OriginOf(
        LsmTree tree, FrozenTree frozen, LogSources log, WalHold? hold, DateTimeOffset takenAt, BackupClock? clock,
        IReadOnlyList<BackupSource>? earlier = null)
    {
        var durableVersion = frozen.Snapshot.DurableVersion ?? 0;
        var moment = new BackupMoment(takenAt, clock, durableVersion, Math.Max(durableVersion, log.LastVersion));
        var segments = log.Files;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BackupForgetsTheLog)
            (segments, log) = ([], log with { Newest = default });
#endif
        return new BackupOrigin(moment, segments, SourcesOf(tree, frozen, log.Newest), earlier)
        {
            ReleaseLogAsync = () =>
            {
                hold?.Dispose();
                return ValueTask.CompletedTask;
            },
            ReleaseAsync = () =>
            {
                hold?.Dispose();
                frozen.Dispose();
                return ValueTask.CompletedTask;
            },
        };
    }

    private static List<BackupSource> SourcesOf(LsmTree tree, FrozenTree frozen, BegunSegment newest)
    {
        var sources = new List<BackupSource>();
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            foreach (var table in frozen.Tables.Level(level))
                Add(FileNames.Table(table.FileNumber), table.Metadata.SizeBytes, table);
        }
        foreach (var blob in frozen.Tables.Blobs.All)
            Add(FileNames.Blob(blob.FileNumber), blob.Metadata.SizeBytes, blob);
        sources.Add(LocalBackupSource.OfBytes(FileNames.Manifest(1), ManifestOf(frozen.Snapshot, newest)));
        return sources;

        void Add(string name, long sizeBytes, FileHandle handle) =>
            sources.Add(LocalBackupSource.OfFile(tree.Files, tree.Folder, name, sizeBytes, handle));
    }

    private static byte[] ManifestOf(ManifestEdit snapshot, BegunSegment newest)
    {
        var state = new ManifestState();
        state.Apply(snapshot);
        state.Apply(new ManifestEdit { NewestSegment = newest });
        var content = new ArrayBufferWriter<byte>();
        ManifestFormat.WriteHeader(content, 1);
        ManifestFormat.WriteEdit(content, 0, state.ToSnapshot());
        ManifestFormat.WriteEndMark(content, 1);
        return content.WrittenSpan.ToArray();
    }
}
