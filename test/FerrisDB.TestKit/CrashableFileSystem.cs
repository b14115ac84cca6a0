using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>
/// A disk on which the power can fail: at any chosen operation, after which it holds all that was synced and, by the
/// seed, any part of what was not.
/// </summary>
/// <remarks>
/// Deterministic: the same seed and operations leave the same disk. Thread-safe, but only one thread at a time gives a
/// run that can be repeated. See <see cref="CrashableContent"/> and <see cref="CrashableNames"/> for what is kept.
/// </remarks>
internal sealed class CrashableFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly int _seed;
    private readonly CrashableNames _names;
    private readonly FolderLocks _locks = new();
    private readonly DiskOperationLog _log = new();
    private bool _isOver;

    public CrashableFileSystem(int seed = 0)
        : this(seed, new CrashableNames())
    {
    }

    private CrashableFileSystem(int seed, CrashableNames names)
    {
        _seed = seed;
        _names = names;
    }

    /// <summary>
    /// The index of the operation in which the power fails. It may have had its effect, or part of it, or none; it and
    /// all later ones throw <see cref="PowerFailureException"/>. Never, by default.
    /// </summary>
    public long PowerFailsAt { get; set; } = long.MaxValue;

    /// <summary>True once the operation <see cref="PowerFailsAt"/> was reached.</summary>
    public bool PowerFailed { get; private set; }

    /// <summary>
    /// Makes new folders names like others, which a power failure takes away, with all that is in them, if the folder
    /// above was not synced. For what creates its folder itself; others find theirs kept. Default: false.
    /// </summary>
    public bool FoldersNeedSync { get; init; }

    /// <summary>What <see cref="AvailableBytes"/> answers. Writing does not lower it. Default: 1 TiB.</summary>
    public long FreeBytes { get; set; } = 1L << 40;

    /// <summary>All that happened so far that could change the disk.</summary>
    public long OperationCount
    {
        get
        {
            lock (_lock)
                return _log.Count;
        }
    }

    /// <summary>The newest operations, a line each with its index.</summary>
    public string OperationLog
    {
        get
        {
            lock (_lock)
                return $"seed {_seed}, power fails at {(PowerFailed ? PowerFailsAt : "no operation")}\n{_log}";
        }
    }

    /// <summary>
    /// Stops this disk, if that has not happened yet, and returns what a process finds on it that starts afterwards.
    /// May be called several times: each kind of crash gives the same disk each time.
    /// </summary>
    public CrashableFileSystem AfterRestart(CrashKind kind = CrashKind.PowerFailure)
    {
        lock (_lock)
        {
            _isOver = true;
            var names = kind == CrashKind.ProcessKilled
                ? _names.AfterKill()
                : _names.AfterPowerFailure(new CrashOdds(_seed, kind));
            return new CrashableFileSystem(unchecked(_seed + 1), names)
            {
                FoldersNeedSync = FoldersNeedSync,
                FreeBytes = FreeBytes,
            };
        }
    }

    public IFile Create(string path)
    {
        var content = Perform(new DiskOperation(DiskOperationKind.Create, path), operation =>
        {
            var found = FindOrAdd(operation);
            found.SetLength(0);
            return found;
        });
        return new CrashableFile(this, path, content, canWrite: true);
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_lock)
        {
            AssertPower();
            return new CrashableFile(this, path, Find("open", path), canWrite: access != FileAccess.Read);
        }
    }

    public bool FileExists(string path)
    {
        lock (_lock)
        {
            AssertPower();
            return _names.Find(MemoryPath.Normalize(path)) is not null;
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock)
        {
            AssertPower();
            return _names.DirectoryExists(MemoryPath.Normalize(path));
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_lock)
        {
            AssertPower();
            var folder = MemoryPath.Normalize(directory);
            RequireDirectory("list", directory, folder);
            return [.. _names.Files.Where(path => MemoryPath.DirectoryOf(path) == folder)
                .Select(MemoryPath.NameOf).Order(StringComparer.Ordinal)];
        }
    }

    public void CreateDirectory(string path) =>
        Perform(new DiskOperation(DiskOperationKind.CreateDirectory, path), operation =>
        {
            foreach (var folder in MemoryPath.WithParents(MemoryPath.Normalize(operation.Path)))
            {
                if (!_names.DirectoryExists(folder))
                    _names.AddDirectory(folder, isDurable: !FoldersNeedSync);
            }

            return true;
        });

    public void Rename(string from, string to) =>
        Perform(new DiskOperation(DiskOperationKind.Rename, from, Target: to), operation =>
        {
            Find("rename", operation.Path);
            var target = MemoryPath.Normalize(operation.Target!);
            RequireDirectory("rename to", operation.Target!, MemoryPath.DirectoryOf(target));
            _names.Rename(MemoryPath.Normalize(operation.Path), target);
            return true;
        });

    public void Delete(string path) =>
        Perform(new DiskOperation(DiskOperationKind.Delete, path), operation =>
        {
            Find("delete", operation.Path);
            _names.Remove(MemoryPath.Normalize(operation.Path));
            return true;
        });

    public bool TryLink(string existing, string link) =>
        Perform(new DiskOperation(DiskOperationKind.Link, existing, Target: link), operation =>
        {
            var content = Find("link", operation.Path);
            var target = MemoryPath.Normalize(operation.Target!);
            RequireDirectory("link", operation.Target!, MemoryPath.DirectoryOf(target));
            if (_names.Find(target) is not null)
                throw FileErrors.Failed("link", operation.Target!, "a file of that name exists");
            _names.Add(target, content);
            return true;
        });

    public FileStamp? StampOf(string path)
    {
        lock (_lock)
        {
            AssertPower();
            return Find("look at", path).Current.Stamp;
        }
    }

    public ValueTask SyncDirectoryAsync(string path)
    {
        Perform(new DiskOperation(DiskOperationKind.SyncDirectory, path), operation =>
        {
            var folder = MemoryPath.Normalize(operation.Path);
            RequireDirectory("sync", operation.Path, folder);
            _names.SyncDirectory(folder);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public IDisposable Lock(string path, bool exclusive)
    {
        Perform(new DiskOperation(DiskOperationKind.Lock, path), FindOrAdd);
        return _locks.Acquire(MemoryPath.Normalize(path), exclusive);
    }

    public long AvailableBytes(string path) => FreeBytes;

    /// <summary>Reads, unless the power has failed.</summary>
    internal int Read(CrashableContent content, long offset, Span<byte> destination)
    {
        lock (_lock)
        {
            AssertPower();
            return content.Current.Read(offset, destination);
        }
    }

    /// <summary>Writes; of the write in which the power fails, any first part is done.</summary>
    internal void Write(
        DiskOperationKind kind, string path, CrashableContent content, long offset, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            var operation = new DiskOperation(kind, path, offset, data.Length);
            if (TryBegin(operation))
            {
                content.Write(offset, data);
                return;
            }

            content.Write(offset, data[..new Random(_seed).Next(data.Length + 1)]);
            throw Failure(operation);
        }
    }

    /// <summary>Does what changes the disk otherwise; that in which the power fails is done or not.</summary>
    internal TResult Perform<TResult>(DiskOperation operation, Func<DiskOperation, TResult> effect)
    {
        lock (_lock)
        {
            if (TryBegin(operation))
                return effect(operation);
            // A sync that did not end may have reached the disk for any part: that is what being unsynced means.
            var isSync = operation.Kind is DiskOperationKind.Sync or DiskOperationKind.SyncDirectory;
            if (!isSync && new Random(_seed).Next(2) == 0)
                TryEffect(operation, effect);
            throw Failure(operation);
        }
    }

    /// <summary>See <see cref="CrashableFile.ForgetUnsynced"/>.</summary>
    internal void ForgetUnsynced(CrashableContent content)
    {
        lock (_lock)
            content.ForgetUnsynced();
    }

    private static void TryEffect<TResult>(DiskOperation operation, Func<DiskOperation, TResult> effect)
    {
        try
        {
            effect(operation);
        }
        catch (FerrisException)
        {
            // It would have failed anyway, had there been the power to say so.
        }
    }

    /// <summary>Counts an operation; false if the power fails in it.</summary>
    private bool TryBegin(DiskOperation operation)
    {
        AssertPower();
        PowerFailed = _log.Count == PowerFailsAt;
        _log.Add(operation);
        return !PowerFailed;
    }

    private void AssertPower()
    {
        if (_isOver || PowerFailed)
            throw new PowerFailureException($"The power has failed (seed {_seed}).");
    }

    private PowerFailureException Failure(DiskOperation operation) =>
        new($"The power failed at operation {PowerFailsAt} (seed {_seed}): {operation}.");

    private CrashableContent FindOrAdd(DiskOperation operation)
    {
        var path = MemoryPath.Normalize(operation.Path);
        RequireDirectory("create", operation.Path, MemoryPath.DirectoryOf(path));
        var content = _names.Find(path);
        if (content is null)
            _names.Add(path, content = new CrashableContent());
        return content;
    }

    private CrashableContent Find(string operation, string path) =>
        _names.Find(MemoryPath.Normalize(path)) ?? throw FileErrors.NotFound(operation, path);

    private void RequireDirectory(string operation, string path, string folder)
    {
        if (!_names.DirectoryExists(folder))
            throw FileErrors.NotFound(operation, path);
    }
}
