using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace FerrisDB.Storage;

/// <summary>
/// One commit on its way through <see cref="GroupCommit"/>. Belongs to a batch and is used again with it.
/// </summary>
/// <remarks>
/// Its owner waits for one signal at a time, which says either that the commit is done or that the owner must lead.
/// After the signal that it is done nobody but the owner may touch it. An owner that leads completes its own commit
/// without a signal.
/// <code>
///     Waiting ──► Parked ──►  Done | LeadOwn | LeadOthers     (by the one who signals; only Parked wakes a thread)
///        │                      ▲
///        └──────────────────────┘
/// </code>
/// </remarks>
internal sealed class CommitRequest : IValueTaskSource
{
    private const int SpinsMax = 10;

    private readonly object _sleep = new();
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private volatile CommitSignal _state;
    private int _isInFlight;

    /// <summary>The batch that it belongs to; those that write nothing have an empty one of their own.</summary>
    public WriteBatch Batch { get => field ??= new WriteBatch(); init; }

    /// <summary>Written by whoever holds the queue that it is in.</summary>
    public CommitRequest? Next { get; set; }

    /// <summary>A canonical batch; empty for a commit that only wants everything before it to be durable.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    public int Entries { get; private set; }

    public Durability Durability { get; private set; }

    /// <summary>Decides at its turn what the commit writes; null for a commit that knows it already.</summary>
    public ICommitDecision? Decision { get; private set; }

    /// <summary>The version asked for, or 0; then the one that was given.</summary>
    public long Version { get; set; }

    public Exception? Error { get; set; }

    /// <summary>
    /// Not a commit, but somebody who wants the append stage alone: nobody appends it, it is made to lead.
    /// </summary>
    public bool IsExclusive { get; init; }

    /// <summary>True if a thread waits, false if a continuation does.</summary>
    public bool IsBlocking { get; private set; }

    /// <summary>True if its owner completed it while leading: there will be no signal.</summary>
    public bool IsDoneByOwner { get; set; }

    public void Begin(ReadOnlyMemory<byte> payload, int entries, Durability durability, long version, bool isBlocking)
    {
        if (Interlocked.Exchange(ref _isInFlight, 1) != 0)
            throw new InvalidOperationException("The batch is being committed already.");
        Payload = payload;
        Entries = entries;
        Decision = null;
        Durability = durability;
        Version = version;
        IsBlocking = isBlocking;
        Error = null;
        IsDoneByOwner = false;
        Next = null;
        Rearm();
    }

    /// <summary>Begins a commit that is decided at its turn.</summary>
    public void Begin(ICommitDecision decision, Durability durability, bool isBlocking)
    {
        Begin(default, 0, durability, version: 0, isBlocking);
        Decision = decision;
    }

    /// <summary>
    /// The decision fell: to write this, at the version that is set; or nothing, for which none waits.
    /// </summary>
    public void Decide(ReadOnlyMemory<byte> payload, long version)
    {
        Decision = null;
        Payload = payload;
        Entries = payload.IsEmpty ? 0 : (int)BatchFormat.ReadCount(payload.Span);
        Version = version;
        if (payload.IsEmpty)
            Durability = Durability.None;
    }

    /// <summary>Gets ready for another signal. By the owner, who has consumed the last one.</summary>
    public void Rearm()
    {
        _state = CommitSignal.Waiting;
        if (!IsBlocking)
            _signal.Reset();
    }

    /// <summary>Wakes the owner, never on this thread.</summary>
    public void Signal(CommitSignal signal)
    {
        if (!IsBlocking)
        {
            _state = signal;
            _signal.SetResult(true);
        }
        else if (Interlocked.Exchange(ref _state, signal) == CommitSignal.Parked)
        {
            // May come late, when the owner is gone already and sleeps for the next commit: it looks again.
            lock (_sleep)
                Monitor.Pulse(_sleep);
        }
    }

    /// <summary>Completes with the signal, for an owner that awaits; <see cref="State"/> is what it said.</summary>
    public ValueTask SignalAsync() => new(this, _signal.Version);

    /// <summary>The last signal.</summary>
    public CommitSignal State => _state;

    /// <summary>The signal, for an owner that blocks: after a little spinning where it may come at once.</summary>
    public CommitSignal Wait()
    {
        var spinner = new SpinWait();
        while (Durability != Durability.Sync && spinner.Count < SpinsMax && !spinner.NextSpinWillYield)
        {
            if (_state != CommitSignal.Waiting)
                return _state;
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        if (Interlocked.CompareExchange(ref _state, CommitSignal.Parked, CommitSignal.Waiting) != CommitSignal.Waiting)
            return _state;
        lock (_sleep)
        {
            while (_state == CommitSignal.Parked)
                Monitor.Wait(_sleep);
        }
        return _state;
    }

    /// <summary>Ends the flight: the version, or the error.</summary>
    public long TakeResult()
    {
        var version = Version;
        var error = Error;
        Payload = default;
        Volatile.Write(ref _isInFlight, 0);
        if (error is null)
            return version;
        // The commits of a group share their error; each of their callers gets an exception of its own.
        if (error is FerrisException failure)
            throw new FerrisException(failure.Code, failure.Message, failure);
        ExceptionDispatchInfo.Throw(error);
        return 0;
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);
}

/// <summary>What the owner of a commit is told.</summary>
internal enum CommitSignal
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>Nothing yet, and its thread sleeps.</summary>
    Parked,

    /// <summary>The commit is done, well or not.</summary>
    Done,

    /// <summary>The append stage is yours: begin with your own commit.</summary>
    LeadOwn,

    /// <summary>
    /// The append stage is yours: your own commit has been appended, and waits for the disk like others.
    /// </summary>
    LeadOthers,
}
