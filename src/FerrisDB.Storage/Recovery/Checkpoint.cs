namespace FerrisDB.Storage;

// A checkpoint, step by step, while writes go on in the source:
//
//     1  sync        everything acknowledged is in the log
//     2  hold        no segment of the log goes away or is written from the start again
//     3  freeze      the manifest's state and the tables that it names, held together
//     4  target      tables and blobs linked (they never change), the log copied up to the hold, a manifest with one
//                    snapshot
//     5  CURRENT     last, when all before it is durable: until then the target is no database
//
// The order of 2 and 3 matters. What a flush makes durable between them is in the tables and in the log too, and
// recovery passes over what it finds twice. The other way round it could be in neither.

/// <summary>Makes a copy of a database that can be opened as one, without stopping its writers.</summary>
internal sealed class Checkpoint
{
    private readonly IFileSystem _files;
    private readonly string _source;
    private readonly string _target;

    private Checkpoint(IFileSystem files, string source, string target)
    {
        _files = files;
        _source = source;
        _target = target;
    }

    /// <summary>Copies a database that is open for writing. Returns the newest version that the copy has.</summary>
    public static async ValueTask<long> TakeAsync(LsmTree tree, WalWriter wal, string targetFolder)
    {
        var checkpoint = new Checkpoint(tree.Files, tree.Folder, targetFolder);
        await checkpoint.CreateFolderAsync();
        using var hold = wal.Hold();
        using var frozen = await FrozenTree.TakeAsync(tree);
        return await checkpoint.CopyAsync(frozen.Snapshot, hold.Segments);
    }

    /// <summary>Copies a database that is open for reading: nobody writes to its folder.</summary>
    public static async ValueTask<long> TakeReadOnlyAsync(LsmTree tree, string targetFolder)
    {
        var checkpoint = new Checkpoint(tree.Files, tree.Folder, targetFolder);
        await checkpoint.CreateFolderAsync();
        var state = ManifestLog.Recover(tree.Files, tree.Folder)!;
        return await checkpoint.CopyAsync(state.ToSnapshot(), await FindSegmentsAsync(tree, state));
    }

    /// <summary>The segments of a log that nobody writes to, and where it ends.</summary>
    public static async ValueTask<IReadOnlyList<WalSegmentInfo>> FindSegmentsAsync(LsmTree tree, ManifestState state)
    {
        using var recovery = new WalRecovery(
            tree.Files, tree.Folder, state.DurableVersion, isReadOnly: true, state.NewestSegment);
        while (recovery.TryNext(out _, out _))
        {
            // Only where the log ends is wanted.
        }
        var end = await recovery.FinishAsync();
        return end.Segments;
    }

    private async ValueTask CreateFolderAsync()
    {
        if (_files.DirectoryExists(_target) && _files.List(_target).Count > 0)
            throw new ArgumentException($"{_target} is not empty. A checkpoint takes a new or empty folder.");
        _files.CreateDirectory(_target);
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(_target));
        await _files.SyncDirectoryAsync(string.IsNullOrEmpty(parent) ? "." : parent);
    }

    private async ValueTask<long> CopyAsync(ManifestEdit snapshot, IReadOnlyList<WalSegmentInfo> segments)
    {
        foreach (var (_, table) in snapshot.AddedTables)
            await LinkAsync(FileNames.Table(table.FileNumber), table.SizeBytes);
        foreach (var blob in snapshot.AddedBlobs)
            await LinkAsync(FileNames.Blob(blob.FileNumber), blob.SizeBytes);
        var durableVersion = snapshot.DurableVersion ?? 0;
        var (lastVersion, newest) = await LogCopy.CopyAsync(_files, _target, segments, durableVersion);

        var state = new ManifestState();
        state.Apply(snapshot);
        state.Apply(new ManifestEdit { NewestSegment = newest });
        var manifest = await ManifestLog.StartAsync(_files, _target, state);
        await manifest.DisposeAsync();
        return Math.Max(lastVersion, durableVersion);
    }

    private async ValueTask LinkAsync(string name, long sizeBytes)
    {
        var (from, to) = (Path.Combine(_source, name), Path.Combine(_target, name));
        if (!_files.TryLink(from, to))
            await FileCopy.CopyAsync(_files, from, to, sizeBytes);
    }
}
