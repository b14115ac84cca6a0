namespace FerrisDB.Storage;

/// <summary>Writes sealed MemTables to L0, oldest first, a bounded piece a step.</summary>
internal sealed class FlushJob(LsmTree tree) : BackgroundJob, IDisposable
{
    private const int EntriesPerStep = 4096;

    private readonly Lock _lock = new();

    // Waiters for "everything sealed so far is flushed", by the version they wait for; guarded by the lock.
    private readonly List<(long Version, TaskCompletionSource Done)> _waiters = [];
    private Exception? _failure;

    // The flush under way; touched by steps alone.
    private MemTable? _memTable;
    private ICursor? _cursor;
    private RetentionFilter? _filter;
    private TableOutput? _output;
    private long _startedAt;

    public override string Name => "flush";

    public override JobLane Lane => JobLane.Urgent;

    public override async ValueTask<bool> StepAsync()
    {
        try
        {
            if (tree.IsClosing || tree.Failure is not null)
                return false;
            return _memTable is null ? Begin() : await ContinueAsync();
        }
        catch (Exception failure)
        {
            tree.Fail(failure);
            return false;
        }
    }

    /// <summary>Completes when everything up to the version is in tables.</summary>
    public Task WhenDurableAsync(long version)
    {
        lock (_lock)
        {
            if (_failure is not null)
                return Task.FromException(_failure);
            if (tree.DurableVersion >= version)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((version, done));
            return done.Task;
        }
    }

    /// <summary>Lets everybody who waits, now or later, fail.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            foreach (var (_, done) in _waiters)
                done.TrySetException(_failure);
            _waiters.Clear();
        }
    }

    /// <summary>Gives back what an unfinished flush holds. No step runs any more.</summary>
    public void Dispose()
    {
        _output?.Dispose();
        _cursor?.Dispose();
        _memTable?.Release();
        (_output, _cursor, _memTable) = (null, null, null);
    }

    private bool Begin()
    {
        var waiting = tree.View.Sealed;
        if (waiting.Length == 0)
            return false;
        var memTable = waiting[^1];
        if (memTable.NewestVersion > tree.LastVersion)
        {
            // Its newest commits are not durable yet and could still fail: what is in a table cannot be rolled back.
            tree.AwaitVersionForFlush(memTable.NewestVersion);
            return false;
        }
        Invariant.That(memTable.TryAcquire());
        _memTable = memTable;
        _startedAt = tree.Options.TimeProvider.GetTimestamp();
        var boundaries = tree.TakeBoundaries();
        var rangeTombstones = memTable.RangeTombstones.DropUnreadable(boundaries, isBottom: false);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.FlushForgetsRangeTombstones)
            rangeTombstones = RangeTombstoneSet.Empty;
#endif
        _filter = new RetentionFilter(boundaries, memTable.RangeTombstones, isBottom: false);
        _output = new TableOutput(tree, level: 0, rangeTombstones, tableSizeBytes: long.MaxValue);
        _cursor = memTable.OpenCursor();
        _cursor.SeekToFirst();
        tree.Events.Raise(new FlushStarted(memTable.EntryCount, memTable.SizeBytes));
        return true;
    }

    private async ValueTask<bool> ContinueAsync()
    {
        AddEntries();
        if (_output!.ShouldWrite)
            await _output.WritePendingAsync();
        if (_cursor!.IsValid)
            return true;
        await _output.EndTableAsync(next: null);
        await InstallAsync();
        return true;
    }

    private void AddEntries()
    {
        var (cursor, filter, output) = (_cursor!, _filter!, _output!);
        for (var count = 0; cursor.IsValid && count < EntriesPerStep && !output.ShouldWrite; count++)
        {
            if (filter.Keeps(cursor.Key, cursor.Tag))
                output.Add(cursor.Key, cursor.Tag, cursor.Value, filter.IsBehindKeptOne);
            cursor.Next();
        }
    }

    private async ValueTask InstallAsync()
    {
        var memTable = _memTable!;
        var tables = _output!.Tables;
        var durableVersion = memTable.NewestVersion;
        if (tables.Count > 0)
            await tree.Files.SyncDirectoryAsync(tree.Folder);
        await tree.InstallAsync(
            [.. tables.Select(table => new PlacedTable(0, table))], removed: [], memTable, blobs: _output.Blobs.Blobs);
        var tableBytes = _output.SizeBytes;
        Dispose();
        Wake(durableVersion);
        var elapsed = tree.Options.TimeProvider.GetElapsedTime(_startedAt);
        tree.Counters.CountFlush(tableBytes, elapsed);
        tree.Events.Raise(new FlushEnded(tables.Sum(table => table.EntryCount), tableBytes, elapsed));
    }

    private void Wake(long durableVersion)
    {
        lock (_lock)
        {
            foreach (var (version, done) in _waiters)
            {
                if (version <= durableVersion)
                    done.TrySetResult();
            }
            _waiters.RemoveAll(waiter => waiter.Version <= durableVersion);
        }
    }
}
