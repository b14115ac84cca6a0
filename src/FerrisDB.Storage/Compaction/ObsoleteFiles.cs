using System.Collections.Concurrent;

namespace FerrisDB.Storage;

/// <summary>
/// Deletes the files of tables and blobs that nothing reads any more; in the background, off the readers' threads.
/// </summary>
/// <remarks>
/// What a crash leaves behind is removed when the folder is next opened, so a failure to delete is no failure of the
/// engine: the file stays until then.
/// </remarks>
internal sealed class ObsoleteFiles(LsmTree tree) : BackgroundJob
{
    private const int CollectionsAtClose = 16;

    // Those that nobody reads any more.
    private readonly ConcurrentQueue<FileHandle> _files = [];

    // Interlocked: obsolete files that are still there, read or not.
    private int _count;

    /// <summary>Obsolete files that are still there.</summary>
    public int Count => Volatile.Read(ref _count);

    public override string Name => "delete obsolete files";

    public override JobLane Lane => JobLane.Urgent;

    /// <summary>The tree no longer names a file. The caller holds a reference.</summary>
    public void Expect(FileHandle file)
    {
        Interlocked.Increment(ref _count);
        file.MarkObsolete();
    }

    /// <summary>Called by the last holder of an obsolete file, on its thread.</summary>
    public void Add(FileHandle file)
    {
        _files.Enqueue(file);
        if (!tree.IsClosing)
            tree.Scheduler.Schedule(this);
    }

    public override ValueTask<bool> StepAsync()
    {
        if (_files.TryDequeue(out var file))
        {
            Delete(file);
            // Closing the table frees its blocks and its file: better here than on a reader's thread.
            Epochs.Collect();
        }
        return ValueTask.FromResult(!_files.IsEmpty);
    }

    /// <summary>
    /// At close, when no job runs any more. Readers of other databases are given the moment that a get takes to let go
    /// of what is retired; what is held longer goes at the next open.
    /// </summary>
    public void DeleteAll()
    {
        for (var collections = 0; collections < CollectionsAtClose && Volatile.Read(ref _count) > 0; collections++)
        {
            Epochs.Collect();
            while (_files.TryDequeue(out var file))
                Delete(file);
            Thread.Yield();
        }
    }

    private void Delete(FileHandle file)
    {
        Interlocked.Decrement(ref _count);
        string name;
        if (file is BlobHandle blob)
        {
            name = FileNames.Blob(blob.FileNumber);
            tree.TableCache.Blobs.Evict(blob);
        }
        else
        {
            var table = (TableHandle)file;
            name = FileNames.Table(table.FileNumber);
            tree.TableCache.Evict(table);
        }
        try
        {
            tree.Files.Delete(tree.PathOf(name));
        }
        catch (FerrisException failure)
        {
            tree.Events.Raise(new FileNotDeleted(name, failure.Message));
        }
    }
}
