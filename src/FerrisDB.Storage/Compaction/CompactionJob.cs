namespace FerrisDB.Storage;

/// <summary>
/// One worker that compacts: takes a plan, merges its tables into new ones piece by piece, installs them.
/// </summary>
internal sealed class CompactionJob(LsmTree tree, CompactionQueue queue) : BackgroundJob, IDisposable
{
    private const int EntriesPerStep = 4096;

    // The compaction under way; touched by steps alone, but for the plan, which is read for metrics.
    private ReadView? _view;
    private MergingCursor? _merge;
    private RetentionFilter? _filter;
    private TableOutput? _output;
    private long _startedAt;

    public CompactionPlan? Plan { get; private set; }

    public override string Name => "compaction";

    public override JobLane Lane => JobLane.Compaction;

    public override async ValueTask<bool> StepAsync()
    {
        try
        {
            if (tree.IsClosing || tree.Failure is not null)
                return false;
            return Plan is null ? await BeginAsync() : await ContinueAsync();
        }
        catch (Exception failure)
        {
            tree.Fail(failure);
            return false;
        }
    }

    /// <summary>Gives back what an unfinished compaction holds. No step runs any more.</summary>
    public void Dispose()
    {
        _output?.Dispose();
        _merge?.Dispose();
        _view?.Release();
        (_output, _merge, _view) = (null, null, null);
        if (Plan is { } plan)
            queue.Finish(plan);
        Plan = null;
    }

    private async ValueTask<bool> BeginAsync()
    {
        // The boundaries first: a view taken later holds at least all that they may let go.
        var boundaries = tree.TakeBoundaries();
        var plan = queue.Take(boundaries);
        if (plan is null)
        {
            // The last collection may have met a reader that has left by now, and on an idle engine no other would come
            // to free the tables that were merged.
            Epochs.Collect();
            return false;
        }
        Plan = plan;
        _view = tree.AcquireView();
        _startedAt = tree.Options.TimeProvider.GetTimestamp();
        tree.Events.Raise(new CompactionStarted(plan.Level, plan.OutputLevel, plan.SizeBytes, plan.Reason));
        if (plan.IsTrivialMove || plan.DropsWithoutReading)
        {
            await InstallAsync([], []);
            return true;
        }

        var rangeTombstones = CollectRangeTombstones(plan);
        _filter = new RetentionFilter(boundaries, rangeTombstones, plan.IsBottom);
        _output = new TableOutput(
            tree, plan.OutputLevel, rangeTombstones.DropUnreadable(boundaries, plan.IsBottom),
            tree.Options.TableSizeBytes, _view.Tables.Blobs);
        _merge = OpenInputs(plan);
        _merge.SeekToFirst();
        return true;
    }

    private async ValueTask<bool> ContinueAsync()
    {
        var mustEndTable = AddEntries();
        if (_output!.ShouldWrite)
            await _output.WritePendingAsync();
        if (mustEndTable)
            await _output.EndTableAsync(next: _merge!.Key.ToArray());
        if (_merge!.IsValid)
            return true;
        await _output.EndTableAsync(next: null);
        if (_output.Tables.Count > 0)
            await tree.Files.SyncDirectoryAsync(tree.Folder);
        await InstallAsync(_output.Tables, _output.Blobs.Blobs);
        return true;
    }

    // Returns true when the table is full and the merge stands on the first entry of a new key.
    private bool AddEntries()
    {
        var (merge, filter, output) = (_merge!, _filter!, _output!);
        for (var count = 0; merge.IsValid && count < EntriesPerStep && !output.ShouldWrite; count++)
        {
            if (output.IsFull && filter.IsNewKey(merge.Key))
                return true;
            if (filter.Keeps(merge.Key, merge.Tag))
                output.Add(merge.Key, merge.Tag, merge.Value, filter.IsBehindKeptOne);
            merge.Next();
        }
        return false;
    }

    private MergingCursor OpenInputs(CompactionPlan plan)
    {
        var merge = new MergingCursor();
        var run = 0;
        if (plan.Level == 0)
        {
            foreach (var table in plan.Inputs)
                merge.Add(tree.TableCache.OpenCursor(table, isCompaction: true), run++);
        }
        else
        {
            merge.Add(new LevelCursor().Over(LevelOf(plan.Inputs), tree.TableCache, isCompaction: true), run++);
        }
        if (plan.Overlapped.Length > 0)
            merge.Add(new LevelCursor().Over(LevelOf(plan.Overlapped), tree.TableCache, isCompaction: true), run);
        return merge;

        // Which level does not matter, as long as its tables are disjoint.
        static TableLevel LevelOf(TableHandle[] tables) => new(TableSet.BottomLevel, [.. tables]);
    }

    private RangeTombstoneSet CollectRangeTombstones(CompactionPlan plan)
    {
        var tables = plan.Tables.Where(table => table.Metadata.RangeTombstoneCount > 0).ToArray();
        if (tables.Length == 0)
            return RangeTombstoneSet.Empty;
        using var epoch = Epochs.Enter();
        return RangeTombstoneSet.Build(
            tables.SelectMany(table => tree.TableCache.Get(table).RangeTombstones.Flatten()));
    }

    private async ValueTask InstallAsync(IReadOnlyList<TableMetadata> outputs, IReadOnlyList<BlobMetadata> blobs)
    {
        var plan = Plan!;
        var added = plan.IsTrivialMove
            ? plan.Inputs.Select(table => new PlacedTable(plan.OutputLevel, table.Metadata))
            : outputs.Select(table => new PlacedTable(plan.OutputLevel, table));
        var removed = plan.Inputs.Select(table => new TablePlace(plan.Level, table.FileNumber))
            .Concat(plan.Overlapped.Select(table => new TablePlace(plan.OutputLevel, table.FileNumber)));
        await tree.InstallAsync([.. added], [.. removed], blobs: blobs);
        var dropped = _filter?.DroppedCount ?? 0;
        var elapsed = tree.Options.TimeProvider.GetElapsedTime(_startedAt);
        _filter = null;
        tree.Counters.CountMovedBlobBytes(_output?.Blobs.MovedBytes ?? 0);
        Dispose();
        var outputBytes = outputs.Sum(table => table.SizeBytes) + blobs.Sum(blob => blob.SizeBytes);
        if (!plan.IsTrivialMove && !plan.DropsWithoutReading)
            tree.Counters.CountCompaction(plan, outputBytes, elapsed);
        tree.Events.Raise(new CompactionEnded(
            plan.Level, plan.OutputLevel, plan.SizeBytes, outputBytes, dropped, elapsed));
    }
}
