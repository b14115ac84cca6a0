using System.Collections.Concurrent;

namespace FerrisDB.Storage;

/// <summary>
/// Deletes the files of tables that nothing reads any more; in the background, off the readers' threads.
/// </summary>
/// <remarks>
/// What a crash leaves behind is removed when the folder is next opened, so a failure to delete is no failure of the
/// engine: the file stays until then.
/// </remarks>
internal sealed class ObsoleteFiles(LsmTree tree) : BackgroundJob
{
    private readonly ConcurrentQueue<TableHandle> _tables = [];

    public override string Name => "delete obsolete files";

    public override JobLane Lane => JobLane.Urgent;

    /// <summary>Called by the last holder of an obsolete table, on its thread.</summary>
    public void Add(TableHandle table)
    {
        _tables.Enqueue(table);
        if (!tree.IsClosing)
            tree.Scheduler.Schedule(this);
    }

    public override ValueTask<bool> StepAsync()
    {
        if (_tables.TryDequeue(out var table))
            Delete(table);
        return ValueTask.FromResult(!_tables.IsEmpty);
    }

    /// <summary>At close, when no job runs any more.</summary>
    public void DeleteAll()
    {
        while (_tables.TryDequeue(out var table))
            Delete(table);
    }

    private void Delete(TableHandle table)
    {
        tree.TableCache.Evict(table);
        try
        {
            tree.Files.Delete(tree.PathOf(FileNames.Table(table.FileNumber)));
        }
        catch (FerrisException failure)
        {
            tree.Events.Raise(new FileNotDeleted(FileNames.Table(table.FileNumber), failure.Message));
        }
    }
}
