namespace FerrisDB.Storage;

/// <summary>
/// Prepares the files that the log will be written to: new ones, or old ones under a new number.
/// </summary>
/// <remarks>
/// A file has its length and its place on the disk before it is used, so that appending to it changes neither, and a
/// mapped page can never be missing. Numbers only grow in the order of use; a file that was prepared under a number
/// that has been overtaken gets another one.
/// <code>
///     in the log ──Retire──► spare ──sync, rename, sync folder──► ready ──TryTake──► in the log
///                   │                                               ▲
///                   └──► deleted (too small, or too many)           └── new file, sync, sync folder
/// </code>
/// Which of the two is better depends on who waits for the disk. Where commits do, a file is full of zeros and used
/// again and again: a sync writes data alone. Where they do not, the disk need never see most of the log: tables have
/// it before the system writes it back. But a file that is used again would be written back with all that is dead in
/// it, with the sync of its next header; so it is deleted, and a new one is reserved, which costs a page fault more
/// for each 4 KiB.
/// <para>
/// The job runs in the background; where it is late, the writer calls <see cref="CreateAsync"/> and does not wait for
/// it.
/// </para>
/// </remarks>
/// <param name="files">The disk.</param>
/// <param name="directory">The folder.</param>
/// <param name="scheduler">Runs the job.</param>
/// <param name="highestNumber">No file has a greater number.</param>
/// <param name="usesFilesAgain">True if commits wait for the disk.</param>
internal sealed class WalSegmentPool(
    IFileSystem files, string directory, IScheduler scheduler, long highestNumber, bool usesFilesAgain) : BackgroundJob
{
    private const int SparesMax = 2;
    private const int StepBytes = 1 << 20;

    private static readonly byte[] Zeros = new byte[64 << 10];

    private readonly Lock _gate = new();

    // Under the gate. What is smaller than what was wanted last is not kept.
    private readonly List<Candidate> _spares = [];
    private readonly List<string> _doomed = [];
    private Candidate? _ready;
    private long _lastNumber = highestNumber;
    private long _lastTaken;
    private long _wantedBytes;
    private bool _isWanted;
    private bool _isClosed;
    private bool _isStepping;
    private TaskCompletionSource? _stepEnded;

    // Owned by the step that runs: a new file that is being filled.
    private Filling? _filling;

    // Interlocked.
    private long _reservedBytes;

    /// <summary>Bytes of zeros that were written to make new files.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    public override string Name => "prepare a log segment";

    public override JobLane Lane => JobLane.Log;

    /// <summary>Asks for a file of at least that size to be made ready.</summary>
    public void Want(long sizeBytes)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _wantedBytes = sizeBytes;
            _isWanted = true;
        }
        scheduler.Schedule(this);
    }

    /// <summary>Takes over the file of a segment that is no longer needed; it must be closed.</summary>
    public void Retire(WalSegment segment)
    {
        lock (_gate)
        {
            var candidate = new Candidate(segment.Number, segment.Path, segment.SizeBytes);
            var isWanted = usesFilesAgain && _spares.Count < SparesMax && candidate.SizeBytes >= _wantedBytes;
            if (isWanted && !_isClosed)
                _spares.Add(candidate);
            else
                _doomed.Add(candidate.Path);
            if (_isClosed)
                return;
        }
        scheduler.Schedule(this);
    }

    /// <summary>Takes the file that is ready, if there is one that is large enough.</summary>
    public bool TryTake(long sizeBytesMin, out long number, out string path, out long sizeBytes)
    {
        lock (_gate)
        {
            (number, path, sizeBytes) = _ready ?? new Candidate(0, "", 0);
            if (_ready is null || sizeBytes < sizeBytesMin)
                return false;
            _lastTaken = number;
            _ready = null;
            return true;
        }
    }

    /// <summary>Makes a new file now, on the caller's time.</summary>
    public async ValueTask<(long Number, string Path)> CreateAsync(long sizeBytes)
    {
        long number;
        lock (_gate)
        {
            number = ++_lastNumber;
            _lastTaken = number;
            // What was made ready has a lower number: it goes round again.
            if (_ready is { } overtaken)
                _spares.Add(overtaken);
            _ready = null;
        }
        var path = PathOf(number);
        using var file = files.Create(path);
        if (usesFilesAgain)
        {
            await FillAsync(file, 0, sizeBytes);
            Interlocked.Add(ref _reservedBytes, sizeBytes);
        }
        else
        {
            await file.SetLengthAsync(sizeBytes);
        }
        await file.SyncAsync();
        await files.SyncDirectoryAsync(directory);
        return (number, path);
    }

    /// <summary>Writes zeros from an offset to another, growing the file.</summary>
    public static async ValueTask FillAsync(IFile file, long from, long to)
    {
        while (from < to)
        {
            var count = (int)Math.Min(to - from, Zeros.Length);
            await file.WriteAsync(from, Zeros.AsMemory(0, count));
            from += count;
        }
    }

    // A failure here harms nothing: the file is not part of the log yet. The writer will try for itself and say so.
    public override async ValueTask<bool> StepAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            Invariant.That(!_isStepping);
            _isStepping = true;
        }
        try
        {
            return await DeleteDoomedAsync() || await PrepareAsync();
        }
        catch (FerrisException)
        {
            Abandon();
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _isStepping = false;
                _stepEnded?.SetResult();
            }
        }
    }

    /// <summary>
    /// Lets go of everything, and deletes every file that is not part of the log if the log is in order.
    /// </summary>
    public async ValueTask CloseAsync(bool deletesFiles)
    {
        Task? stepEnded = null;
        lock (_gate)
        {
            _isClosed = true;
            if (_isStepping)
            {
                _stepEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                stepEnded = _stepEnded.Task;
            }
        }
        if (stepEnded is not null)
            await stepEnded;
        Abandon();
        lock (_gate)
        {
            _doomed.AddRange(_spares.Select(spare => spare.Path));
            if (_ready is not null)
                _doomed.Add(_ready.Path);
            _spares.Clear();
            _ready = null;
        }
        if (deletesFiles)
            await DeleteDoomedAsync();
    }

    private async ValueTask<bool> DeleteDoomedAsync()
    {
        string[] doomed;
        lock (_gate)
        {
            doomed = [.. _doomed];
            _doomed.Clear();
        }
        if (doomed.Length == 0)
            return false;
        foreach (var path in doomed)
            files.Delete(path);
        await files.SyncDirectoryAsync(directory);
        return true;
    }

    private async ValueTask<bool> PrepareAsync()
    {
        if (_filling is not null)
            return await FillStepAsync();
        Candidate? spare;
        long number;
        long wantedBytes;
        lock (_gate)
        {
            wantedBytes = _wantedBytes;
            if (_isClosed || !_isWanted || _ready?.SizeBytes >= wantedBytes)
                return false;
            spare = _spares.Find(candidate => candidate.SizeBytes >= wantedBytes);
            if (spare is not null)
                _spares.Remove(spare);
            number = ++_lastNumber;
        }
        if (spare is null)
        {
            _filling = new Filling(files.Create(PathOf(number)), number, wantedBytes);
            return true;
        }
        // What was last written to it may still wait for the disk: the first sync in its next life would wait for that.
        using (var file = files.Open(spare.Path, FileAccess.ReadWrite))
            await file.SyncAsync();
        files.Rename(spare.Path, PathOf(number));
        // Nothing may be written under the new name while the old one could come back with it.
        await files.SyncDirectoryAsync(directory);
        return !TryPublish(new Candidate(number, PathOf(number), spare.SizeBytes));
    }

    private async ValueTask<bool> FillStepAsync()
    {
        var filling = _filling!;
        if (!usesFilesAgain)
        {
            await filling.File.SetLengthAsync(filling.SizeBytes);
        }
        else if (filling.Offset < filling.SizeBytes)
        {
            var to = Math.Min(filling.Offset + StepBytes, filling.SizeBytes);
            await FillAsync(filling.File, filling.Offset, to);
            Interlocked.Add(ref _reservedBytes, to - filling.Offset);
            filling.Offset = to;
            return true;
        }
        await filling.File.SyncAsync();
        await files.SyncDirectoryAsync(directory);
        filling.File.Dispose();
        _filling = null;
        return !TryPublish(new Candidate(filling.Number, PathOf(filling.Number), filling.SizeBytes));
    }

    private bool TryPublish(Candidate candidate)
    {
        lock (_gate)
        {
            if (candidate.Number <= _lastTaken)
            {
                _spares.Add(candidate);
                return false;
            }
            if (_ready is not null)
                _spares.Add(_ready);
            _ready = candidate;
            _isWanted = false;
            return true;
        }
    }

    private void Abandon()
    {
        lock (_gate)
            _isWanted = false;
        if (_filling is null)
            return;
        _filling.File.Dispose();
        lock (_gate)
            _doomed.Add(PathOf(_filling.Number));
        _filling = null;
    }

    private string PathOf(long number) => Path.Combine(directory, FileNames.Wal(number));

    private sealed record Candidate(long Number, string Path, long SizeBytes);

    private sealed class Filling(IFile file, long number, long sizeBytes)
    {
        public IFile File => file;

        public long Number => number;

        public long SizeBytes => sizeBytes;

        public long Offset { get; set; }
    }
}
