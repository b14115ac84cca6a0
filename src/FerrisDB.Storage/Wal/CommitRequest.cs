using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace FerrisDB.Storage;

/// <summary>
/// One commit on its way through <see cref="GroupCommit"/>. Belongs to a batch and is used again with it.
/// </summary>
/// <remarks>
/// Its owner waits for a signal, which says that the commit is done or that the owner must lead. After the signal that
/// it is done nobody but the owner may touch it. An owner that leads completes its own commit without a signal.
/// <code>
///     Waiting ──► Sleeping | Awaiting ──► Done | Lead | LeadOwn      by the one who signals, who wakes who rests
///      ▲  │                                ▲      │ ▲
///      │  └────────────────────────────────┼──────┼─┘
///      │                                   └──────┤                  it may be done before its owner has come to lead
///      └──────────────────────────────────────────┘                  the owner has heard it
/// </code>
/// </remarks>
internal sealed class CommitRequest : IValueTaskSource, IThreadPoolWorkItem
{
    // About as long as it takes to fall asleep and to be woken: 15 µs.
    private const int SpinsMax = 50;
    private const int PausesPerSpin = 8;

    private ManualResetValueTaskSourceCore<bool> _signal;
    private volatile CommitSignal _state;
    private Doorbell? _doorbell;
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

    /// <summary>True if the signal may come at once, because others are at it.</summary>
    public bool MaySpin { get; set; }

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
        MaySpin = false;
        _state = CommitSignal.Waiting;
        if (!isBlocking)
            _signal.Reset();
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

    /// <summary>
    /// By the owner, who has heard that it must lead: gets ready for another signal. False if the commit is done.
    /// </summary>
    public bool TryRearm()
    {
        MaySpin = false;
        if (!IsBlocking)
            _signal.Reset();
        var heard = _state;
        return heard != CommitSignal.Done
            && Interlocked.CompareExchange(ref _state, CommitSignal.Waiting, heard) == heard;
    }

    /// <summary>Tells the owner, who must still be woken: nobody else does it.</summary>
    public CommitWake Tell(CommitSignal signal) => new(this, Interlocked.Exchange(ref _state, signal));

    /// <summary>Tells the owner, and wakes it.</summary>
    public void Signal(CommitSignal signal) => Tell(signal).Wake();

    /// <summary>Wakes the owner, if it rested before it was told. Never on this thread.</summary>
    public void Wake(CommitSignal before)
    {
        // May come late: the thread may have looked by chance, and sleep for the next commit. It looks again.
        if (before == CommitSignal.Sleeping)
            _doorbell!.Ring();
        else if (before == CommitSignal.Awaiting)
            PoolQueue.Enqueue(this);
    }

    /// <summary>The last signal.</summary>
    public CommitSignal State => _state;

    /// <summary>
    /// For an owner that awaits: true if the signal has not come yet. Then <see cref="SignalAsync"/> completes with it,
    /// and <see cref="State"/> is what it said.
    /// </summary>
    public bool TryAwait()
    {
        Spin();
        return Interlocked.CompareExchange(ref _state, CommitSignal.Awaiting, CommitSignal.Waiting)
            == CommitSignal.Waiting;
    }

    public ValueTask SignalAsync() => new(this, _signal.Version);

    /// <summary>The signal, for an owner that blocks.</summary>
    public CommitSignal Wait()
    {
        Spin();
        if (_state != CommitSignal.Waiting)
            return _state;
        var doorbell = _doorbell = Doorbell.OfThisThread;
        var rings = doorbell.Rings;
        Interlocked.CompareExchange(ref _state, CommitSignal.Sleeping, CommitSignal.Waiting);
        while (_state == CommitSignal.Sleeping)
        {
            doorbell.SleepUnlessRungSince(rings);
            rings = doorbell.Rings;
        }
        return _state;
    }

    private void Spin()
    {
        for (var spins = MaySpin ? SpinsMax : 0; spins > 0 && _state == CommitSignal.Waiting; spins--)
            Thread.SpinWait(PausesPerSpin);
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

    void IThreadPoolWorkItem.Execute() => _signal.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // On the pool, wherever the caller comes from: others may wait for an owner who must lead.
        flags &= ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
        _signal.OnCompleted(continuation, state, token, flags);
    }
}

/// <summary>What the owner of a commit is told.</summary>
internal enum CommitSignal
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>Nothing yet, and its thread sleeps.</summary>
    Sleeping,

    /// <summary>Nothing yet, and a continuation waits.</summary>
    Awaiting,

    /// <summary>The commit is done, well or not.</summary>
    Done,

    /// <summary>
    /// Nobody leads: take the append stage, if nobody has done so meanwhile. The commit stays where it is.
    /// </summary>
    Lead,

    /// <summary>The append stage is yours; for who wants it alone.</summary>
    LeadOwn,
}
