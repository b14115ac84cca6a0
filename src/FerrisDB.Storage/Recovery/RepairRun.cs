namespace FerrisDB.Storage;

// Carrying out a plan, step by step; a power failure at any point leaves the damaged folder as it was, to be repaired
// again, or the repaired database:
//
//     1  LOCK         exclusively; the folder must be the one that the plan was made of
//     2  N.sst        new tables, each synced and named when it is whole         no manifest names them yet
//     3  X.damaged    a second name for each file that will not belong to the database any more; synced
//     4  MANIFEST     a new one with the mark; CURRENT names it                  from here on it is repaired
//     5  X            the first names go; what is behind them is X.damaged
//
// No byte of a damaged file is ever changed, and none of its blocks given back to the disk.

/// <summary>Repairs a folder as a plan says.</summary>
internal sealed class RepairRun : IDisposable
{
    private const string DamagedSuffix = ".damaged";

    private readonly RepairPlan _plan;
    private readonly RepairFindings _findings;
    private readonly StorageOptions _options;
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly RepairTableWriter _output;
    private readonly Action<VerifyProgress>? _progress;
    private readonly List<long> _intermediate = [];
    private readonly List<PlacedTable> _added = [];
    private readonly long _bytesTotal;
    private long _bytesDone;

    private RepairRun(RepairPlan plan, IFileSystem files, Action<VerifyProgress>? progress)
    {
        _plan = plan;
        _findings = plan.Findings;
        _options = plan.Options;
        _files = files;
        _folder = plan.Folder;
        _progress = progress;
        _output = new RepairTableWriter(files, _folder, _options, FirstFreeFileNumber());
        _bytesTotal = _findings.Tables.Sum(table => table.Readable?.SizeBytes ?? 0);
    }

    /// <exception cref="InvalidOperationException">Nothing is damaged, or the folder is not as it was.</exception>
    public static async ValueTask ApplyAsync(RepairPlan plan, Action<VerifyProgress>? progress)
    {
        if (!plan.IsNeeded)
            throw new InvalidOperationException($"Nothing is damaged in {plan.Folder}: there is nothing to repair.");
        var files = plan.Options.FileSystem ?? new DiskFileSystem();
        using var folderLock = files.Lock(Path.Combine(plan.Folder, FileNames.Lock), exclusive: true);
        var fingerprint = FolderFingerprint.Of(files, plan.Folder, plan.Damage.Select(finding => finding.File));
        if (fingerprint != plan.Fingerprint)
            throw new InvalidOperationException($"{plan.Folder} has changed since the plan was made. Plan again.");
        using var run = new RepairRun(plan, files, progress);
        await run.RunAsync();
    }

    public void Dispose() => _output.Dispose();

    private async ValueTask RunAsync()
    {
        if (_findings.MustMergeAll)
            await MergeAllAsync();
        else
            await ReplaceDamagedAsync();
        await SetAsideAsync();
        await StartManifestAsync();
        await RemoveFirstNamesAsync();
    }

    private async ValueTask ReplaceDamagedAsync()
    {
        foreach (var table in _findings.Tables)
        {
            if (await SalvageAsync(table, table.Expected!.Value.Level) is { } salvaged)
                _added.Add(new PlacedTable(table.Expected.Value.Level, salvaged));
        }
        if (_findings.ReplacesLog)
            await WriteLogAsync(table => _added.Add(new PlacedTable(0, table)));
    }

    private async ValueTask MergeAllAsync()
    {
        var inputs = new List<TableMetadata>();
        foreach (var table in _findings.Tables)
        {
            if (table is { IsWhole: true, Readable: not null })
                inputs.Add(table.ToMetadata());
            else if (await SalvageAsync(table, level: 0) is { } salvaged)
                TakeIntermediate(salvaged);
        }
        await WriteLogAsync(TakeIntermediate);
        using var merge = new RepairMerge(_files, _folder, _options, inputs, _output);
        foreach (var table in await merge.RunAsync(bytes => Report("merging tables", bytes)))
            _added.Add(new PlacedTable(TableSet.BottomLevel, table));

        void TakeIntermediate(TableMetadata table)
        {
            inputs.Add(table);
            _intermediate.Add(table.FileNumber);
        }
    }

    // Block by block, what can be read of a table to a new one; null if that is nothing.
    private async ValueTask<TableMetadata?> SalvageAsync(RepairTable table, int level)
    {
        if (table.Readable is null)
            return null;
        var global = table.GlobalVersion;
        using var allocator = new BlockAllocator();
        using var file = _files.Open(PathOf(table.Name), FileAccess.Read);
        var source = new BlockSource(file, allocator);
        _output.Begin(level);
        foreach (var handle in table.Blocks)
        {
            source.ReadBlock(handle, BlockKind.Data, (key, tag, value) =>
            {
                if (_findings.Blobs.TryResolve(key, ref tag, ref value))
                    _output.Add(key, global == 0 ? tag : new EntryTag(global, tag.Kind), value);
            });
            if (_output.ShouldWrite)
                await _output.WritePendingAsync();
            Report(table.Name, handle.SizeBytes);
        }
        var rangeTombstones = table.RangeTombstones;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.RepairForgetsRangeTombstones && table.Blocks.Count > 0)
            rangeTombstones = RangeTombstoneSet.Empty;
#endif
        if (!_output.IsEmpty || !rangeTombstones.IsEmpty)
            return await _output.FinishAsync(rangeTombstones);
        _output.Abandon();
        return null;
    }

    private ValueTask WriteLogAsync(Action<TableMetadata> take) =>
        _findings.Log.ReplayAsync(_options.EffectiveMemTableBytes, async memTable =>
        {
            _output.Begin(level: 0);
            using (var cursor = memTable.OpenCursor())
            {
                for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
                {
                    _output.Add(cursor.Key, cursor.Tag, cursor.Value);
                    if (_output.ShouldWrite)
                        await _output.WritePendingAsync();
                }
            }
            take(await _output.FinishAsync(memTable.RangeTombstones));
            memTable.Release();
        });

    private async ValueTask SetAsideAsync()
    {
        foreach (var name in _plan.FilesSetAside)
        {
            var aside = FreeNameFor(name);
            if (_files.TryLink(PathOf(name), PathOf(aside)))
                continue;
            using var file = _files.Open(PathOf(name), FileAccess.Read);
            await FileCopy.CopyAsync(_files, PathOf(name), PathOf(aside), file.Length);
        }
        await _files.SyncDirectoryAsync(_folder);
    }

    private async ValueTask StartManifestAsync()
    {
        var mark = $"{_options.TimeProvider.GetUtcNow():yyyy-MM-dd HH:mm} UTC: {_findings.Mark}";
        var state = new ManifestState { ManifestNumber = _findings.Manifest.HighestNumber };
        var before = _findings.Manifest.State?.ToSnapshot();
        if (before is not null)
            state.Apply(before);
        state.Apply(before is null ? Everything(mark) : Replacement(mark, before, state));
        var manifest = await ManifestLog.StartAsync(_files, _folder, state);
        await manifest.DisposeAsync();
    }

    private ManifestEdit Replacement(string mark, ManifestEdit before, ManifestState state)
    {
        TablePlace[] removed =
        [
            .. _findings.Tables.Select(table => new TablePlace(table.Expected!.Value.Level, table.FileNumber)),
        ];
        // Versions that were given out once are not given out again, whether their commits are lost or not.
        var version = _findings.ReplacesLog
            ? Math.Max(_findings.Log.HighestVersion, before.DurableVersion!.Value)
            : before.DurableVersion!.Value;
        return new ManifestEdit
        {
            AddedTables = _added,
            RemovedTables = removed,
            RemovedBlobs = state.BlobsUnusedAfter(_added, removed),
            NextFileNumber = Math.Max(_output.NextFileNumber, before.NextFileNumber!.Value),
            DurableVersion = version,
            LastVersion = Math.Max(version, before.LastVersion!.Value),
            NewestSegment = _findings.ReplacesLog ? default(BegunSegment) : null,
            Marks = [mark],
        };
    }

    private ManifestEdit Everything(string mark)
    {
        var known = _findings.Manifest;
        var version = _added.Select(table => table.Metadata.NewestVersion)
            .Append(known.DurableVersion).Append(known.LastVersion).Append(_findings.Log.HighestVersion).Max();
        return new ManifestEdit
        {
            AddedTables = _added,
            AddedBlobs = BlobsInUse(),
            NextFileNumber = Math.Max(FirstFreeFileNumber(), _output.NextFileNumber),
            DurableVersion = version,
            LastVersion = version,
            // What older readers could see may be gone: nobody knows any more.
            Floor = version,
            Limits = known.Limits ?? new SizeLimits(_options.KeySizeLimitBytes, _options.ValueSizeLimitBytes),
            CreatedBy = known.CreatedBy ?? "a repair",
            Marks = [.. known.Marks, mark],
        };
    }

    private List<BlobMetadata> BlobsInUse()
    {
        var blobs = new List<BlobMetadata>();
        foreach (var number in _added.SelectMany(table => table.Metadata.BlobUses).Select(use => use.FileNumber)
            .Distinct().Order())
        {
            using var file = _files.Open(PathOf(FileNames.Blob(number)), FileAccess.Read);
            var footer = BlobFooter.Read(file, number);
            blobs.Add(new BlobMetadata(number, footer.FileSize, footer.RecordCount));
        }
        return blobs;
    }

    // The newest segments of the log first: what is left of it at any moment is its beginning.
    private async ValueTask RemoveFirstNamesAsync()
    {
        var names = _plan.FilesSetAside.Concat(_intermediate.Select(FileNames.Table))
            .Where(name => name != FileNames.Current && _files.FileExists(PathOf(name)));
        foreach (var name in names.OrderDescending(StringComparer.Ordinal))
            _files.Delete(PathOf(name));
        await _files.SyncDirectoryAsync(_folder);
    }

    private string FreeNameFor(string name)
    {
        var aside = name + DamagedSuffix;
        for (var number = 2; _files.FileExists(PathOf(aside)); number++)
            aside = $"{name}{DamagedSuffix}.{number}";
        return aside;
    }

    // Nothing that was ever set aside may have the name of a new table.
    private long FirstFreeFileNumber()
    {
        var known = _findings.Manifest;
        var first = Math.Max(known.NextFileNumber, known.State?.NextFileNumber ?? 1);
        foreach (var name in _files.List(_folder))
        {
            var end = name.IndexOf(DamagedSuffix, StringComparison.Ordinal);
            var original = end < 0 ? name : name[..end];
            if (FileNames.TryParse(original, out _, out var number))
                first = Math.Max(first, number + 1);
        }
        return first;
    }

    private void Report(string what, long bytes)
    {
        _bytesDone = Math.Min(_bytesTotal, _bytesDone + bytes);
        _progress?.Invoke(new VerifyProgress(what, _bytesDone, _bytesTotal));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
