using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>A disk that fails where a test wants it to, and otherwise does what the disk below it does.</summary>
/// <remarks>
/// Thread-safe. A write that fails has written its first half; any other operation that fails did nothing. Stores to a
/// mapping cannot fail (a real disk would kill the process), but they are counted, and a file is not mapped where
/// mapped writes would have to fail.
/// </remarks>
internal sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _faults = [];
    private readonly DiskOperationLog _log = new();

    /// <summary>
    /// Has a failed sync mark what was not synced as clean, so that the next one succeeds without having written it.
    /// Needs a <see cref="CrashableFileSystem"/> below. Default: true, as Linux does.
    /// </summary>
    public bool FailedSyncLosesData { get; init; } = true;

    /// <summary>Counts reads and opens too. Default: false, as <see cref="CrashableFileSystem"/> counts.</summary>
    public bool CountsReads { get; init; }

    /// <summary>What <see cref="AvailableBytes"/> answers, or null to ask the disk below.</summary>
    public long? FreeBytes { get; set; }

    public long OperationCount
    {
        get
        {
            lock (_lock)
                return _log.Count;
        }
    }

    /// <summary>How many operations were made to fail.</summary>
    public int FaultCount { get; private set; }

    /// <summary>The newest operations, a line each with its index.</summary>
    public string OperationLog
    {
        get
        {
            lock (_lock)
                return _log.ToString();
        }
    }

    private ReadFaults ReadFaults { get; } = new();

    /// <summary>Fails the operation of that index, and with <paramref name="forever"/> all that follow.</summary>
    public void FailAt(long operation, ErrorCode code = ErrorCode.IoError, bool forever = false) =>
        Add(new Fault((index, _) => forever ? index >= operation : index == operation, code, Once: !forever));

    /// <summary>Fails the operations that a test chooses, or only the next of them.</summary>
    public void FailWhen(Predicate<DiskOperation> when, ErrorCode code = ErrorCode.IoError, bool once = false) =>
        Add(new Fault((_, operation) => when(operation), code, once));

    /// <summary>
    /// Shows one bit of a file inverted to all who read it; <paramref name="bit"/> counts from 0 to 7.
    /// </summary>
    public void FlipBit(string path, long offset, int bit) => ReadFaults.FlipBit(path, offset, bit);

    /// <summary>
    /// Has reads of a file find its end at <paramref name="length"/>, whatever its length is said to be.
    /// </summary>
    public void CutReads(string path, long length) => ReadFaults.CutAt(path, length);

    /// <summary>Ends all faults; what they did to the disk stays done.</summary>
    public void Heal()
    {
        lock (_lock)
            _faults.Clear();
        ReadFaults.Clear();
    }

    public IFile Create(string path)
    {
        Perform(new DiskOperation(DiskOperationKind.Create, path));
        return new FaultyFile(this, inner.Create(path));
    }

    public IFile Open(string path, FileAccess access)
    {
        Perform(new DiskOperation(DiskOperationKind.Open, path));
        return new FaultyFile(this, inner.Open(path, access));
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<string> List(string directory)
    {
        Perform(new DiskOperation(DiskOperationKind.List, directory));
        return inner.List(directory);
    }

    public void CreateDirectory(string path)
    {
        Perform(new DiskOperation(DiskOperationKind.CreateDirectory, path));
        inner.CreateDirectory(path);
    }

    public void Rename(string from, string to)
    {
        Perform(new DiskOperation(DiskOperationKind.Rename, from, Target: to));
        inner.Rename(from, to);
    }

    public void Delete(string path)
    {
        Perform(new DiskOperation(DiskOperationKind.Delete, path));
        inner.Delete(path);
    }

    public bool TryLink(string existing, string link)
    {
        Perform(new DiskOperation(DiskOperationKind.Link, existing, Target: link));
        return inner.TryLink(existing, link);
    }

    public FileStamp? StampOf(string path) => inner.StampOf(path);

    public ValueTask SyncDirectoryAsync(string path)
    {
        Perform(new DiskOperation(DiskOperationKind.SyncDirectory, path));
        return inner.SyncDirectoryAsync(path);
    }

    public IDisposable Lock(string path, bool exclusive)
    {
        Perform(new DiskOperation(DiskOperationKind.Lock, path));
        return inner.Lock(path, exclusive);
    }

    public long AvailableBytes(string path) => FreeBytes ?? inner.AvailableBytes(path);

    /// <summary>Counts an operation and throws if it is to fail.</summary>
    internal void Perform(DiskOperation operation)
    {
        if (Begin(operation) is { } error)
            throw error;
    }

    /// <summary>Counts an operation and returns the error with which it is to fail, if it is.</summary>
    internal FerrisException? Begin(DiskOperation operation)
    {
        lock (_lock)
        {
            var index = _log.Count;
            if (CountsReads || operation.Kind < DiskOperationKind.Open)
                _log.Add(operation);
            else
                index = -1;
            var fault = _faults.Find(fault => fault.When(index, operation));
            if (fault is null || operation.Kind == DiskOperationKind.MappedWrite)
                return null;
            if (fault.Once)
                _faults.Remove(fault);
            FaultCount++;
            return fault.ErrorOf(operation);
        }
    }

    /// <summary>Whether stores to a mapping of the file would have to fail.</summary>
    internal bool WouldFailMappedWrites(string path)
    {
        lock (_lock)
        {
            var write = new DiskOperation(DiskOperationKind.MappedWrite, path);
            return _faults.Exists(fault => fault.When(_log.Count, write));
        }
    }

    /// <summary>Changes what was read to what the test wants seen; returns the count of bytes to be seen.</summary>
    internal int Distort(string path, long offset, Span<byte> bytes) => ReadFaults.Distort(path, offset, bytes);

    private void Add(Fault fault)
    {
        lock (_lock)
            _faults.Add(fault);
    }

    /// <summary>Which operations fail (by index, or -1 where it is not counted, and what it is), and how.</summary>
    private sealed record Fault(Func<long, DiskOperation, bool> When, ErrorCode Code, bool Once)
    {
        public FerrisException ErrorOf(DiskOperation operation)
        {
            var verb = operation.Kind.ToString().ToLowerInvariant();
            return Code switch
            {
                ErrorCode.DiskFull => FileErrors.DiskFull(verb, operation.Path, "no space left on the test's disk"),
                ErrorCode.FileNotFound => FileErrors.NotFound(verb, operation.Path),
                _ => FileErrors.Failed(verb, operation.Path, "the test's disk failed"),
            };
        }
    }
}
