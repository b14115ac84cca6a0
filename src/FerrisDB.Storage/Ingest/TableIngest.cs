namespace FerrisDB.Storage;

// Adding finished tables to a live database:
//
//     1  take       each file is linked or copied to N.sst, checked from end to end, made durable
//     2  flush      all MemTables, while writers go on                       so that 4 has little to wait for
//     3  exclude    writers wait; all that was written is published         (GroupCommit.RunExclusiveAsync)
//     4  flush      what was written meanwhile
//     5  install    one manifest edit: tables, and the version after all others as durable
//     6  publish    the version: now readers see the tables, all at once
//
// A get stops at the first run that knows a key. So when a table comes in as the newest of its keys, no MemTable may be
// above it that holds any: that is what 3 and 4 are for. It goes to the deepest level that has room for it with nothing
// of its range in the levels above.
//
// A crash before 5 leaves files that the next open removes; after it, the tables are there, and the durable version in
// the manifest sees to it that their version is not given out again. Between 5 and 6 readers have the tables and do not
// see them: their own version is below that of the tables.
//
// The log does not have what comes this way. So it goes on in another segment, and who keeps the log in backups begins
// anew with the tables (LsmTree.IngestedVersion).

/// <summary>Brings files of <see cref="SortedTableWriter"/> into an open database.</summary>
internal sealed class TableIngest(LsmTree tree, GroupCommit commits)
{
    private const int CopyBytes = 1 << 20;
    private const long CacheBytes = 1 << 20;

    private readonly List<TableMetadata> _tables = [];

    public static void CheckLimits(StorageOptions options, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length > options.KeySizeLimitBytes)
            throw TooLarge(ErrorCode.KeyTooLarge, "key", key.Length, options.KeySizeLimitBytes);
        if (value.Length > options.ValueSizeLimitBytes)
            throw TooLarge(ErrorCode.ValueTooLarge, "value", value.Length, options.ValueSizeLimitBytes);
    }

    /// <summary>Returns the version at which the content of the files is visible.</summary>
    /// <param name="files">The files.</param>
    /// <param name="versionAfter">
    /// Gives it its version, when it is its turn: from then on nothing else is decided until it is done.
    /// </param>
    public async ValueTask<long> RunAsync(IReadOnlyList<string> files, Func<long, long> versionAfter)
    {
        var mayDelete = true;
        try
        {
            foreach (var file in files)
                _tables.Add(await TakeAsync(file));
            RefuseOverlap();
            await tree.Files.SyncDirectoryAsync(tree.Folder);
            await FlushAsync();
            return await commits.RunExclusiveAsync(versionAfter, version =>
            {
                mayDelete = false;
                return InstallAsync(version);
            });
        }
        catch when (mayDelete)
        {
            DeleteTaken();
            throw;
        }
    }

    private async ValueTask<TableMetadata> TakeAsync(string source)
    {
        var number = tree.NextFileNumber();
        var path = tree.PathOf(FileNames.Table(number));
        try
        {
            if (!tree.Files.TryLink(source, path))
                await CopyAsync(source, path);
            using (var file = tree.Files.Open(path, FileAccess.ReadWrite))
                await file.SyncAsync();
            return Check(number, path);
        }
        catch
        {
            if (tree.Files.FileExists(path))
                tree.Files.Delete(path);
            throw;
        }
    }

    private async ValueTask CopyAsync(string source, string path)
    {
        using var from = tree.Files.Open(source, FileAccess.Read);
        using var to = tree.Files.Create(path);
        var buffer = new byte[CopyBytes];
        for (var offset = 0L; offset < from.Length;)
        {
            var count = from.Read(offset, buffer);
            await to.WriteAsync(offset, buffer.AsMemory(0, count));
            offset += count;
        }
    }

    // Reads all of it: every block has its checksum, and a table that is in the tree is trusted ever after.
    private TableMetadata Check(long number, string path)
    {
        using var cache = new BlockCache(CacheBytes);
        var reader = SSTableReader.Open(tree.Files.Open(path, FileAccess.Read), expected: null, cache);
        try
        {
            var properties = reader.Properties;
            var (entries, tombstones) = CheckEntries(reader);
            if (entries != properties.EntryCount || tombstones != properties.TombstoneCount || entries == 0)
                throw FerrisException.Corrupt(path, 0, $"{properties.EntryCount} entries", $"{entries}");
            if (properties.BlobUses.Count > 0)
                throw FerrisException.Corrupt(path, 0, "a table with all of its values", "references to blobs");
            if (!reader.RangeTombstones.IsEmpty)
                throw FerrisException.Corrupt(path, 0, "a table without range tombstones", "one with them");
            return new TableMetadata(
                number, reader.FileSize, properties.Span, OldestVersion: 0, NewestVersion: 0, entries, tombstones, 0);
        }
        finally
        {
            reader.Release();
        }
    }

    private (long Entries, long Tombstones) CheckEntries(SSTableReader reader)
    {
        using var cursor = reader.OpenCursor();
        var (entries, tombstones) = (0L, 0L);
        byte[] last = [];
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            CheckLimits(tree.Options, cursor.Key, cursor.Value);
            var isBehind = entries == 0 || cursor.Key.SequenceCompareTo(last) > 0;
            if (!isBehind || !reader.Properties.Span.Contains(cursor.Key))
                throw FerrisException.Corrupt(reader.Path, 0, "ascending keys within the table's span", "others");
            last = cursor.Key.ToArray();
            entries++;
            tombstones += cursor.Tag.Kind == EntryKind.Tombstone ? 1 : 0;
        }
        return (entries, tombstones);
    }

    // They get one version, so no key may be in two of them.
    private void RefuseOverlap()
    {
        _tables.Sort((left, right) => left.Span.Begin.AsSpan().SequenceCompareTo(right.Span.Begin));
        for (var index = 1; index < _tables.Count; index++)
        {
            if (_tables[index - 1].Span.Overlaps(_tables[index].Span))
                throw new ArgumentException("The keys of two files overlap. Ingest them one after the other.");
        }
    }

    private async ValueTask FlushAsync()
    {
        tree.SealActive();
        var newest = tree.View.Sealed is [var newestSealed, ..] ? newestSealed.NewestVersion : 0;
        await tree.Flush.WhenDurableAsync(newest);
    }

    private async ValueTask InstallAsync(long version)
    {
        await FlushAsync();
        Invariant.That(tree.View.Active.IsEmpty && tree.View.Sealed.Length == 0);
        var tables = _tables.Select(table => table with
        {
            OldestVersion = version,
            NewestVersion = version,
            GlobalVersion = version,
        });
        var plans = new List<CompactionPlan>();
        try
        {
            var placed = new List<PlacedTable>();
            foreach (var table in tables)
            {
                var plan = tree.Compactions.Reserve(table.Span);
                plans.Add(plan);
                placed.Add(new PlacedTable(plan.OutputLevel, table));
            }
            await tree.InstallAsync(placed, removed: [], ingestedVersion: version);
        }
        finally
        {
            foreach (var plan in plans)
                tree.Compactions.Finish(plan);
        }
    }

    private void DeleteTaken()
    {
        foreach (var table in _tables)
            tree.Files.Delete(tree.PathOf(FileNames.Table(table.FileNumber)));
    }

    private static FerrisException TooLarge(ErrorCode code, string what, int length, int limit) =>
        new(code, $"A {what} of {length} bytes exceeds the limit of {limit} bytes.");
}
