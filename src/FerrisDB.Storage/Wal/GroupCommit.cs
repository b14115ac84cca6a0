using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Many callers, one log, one fsync for all who wait. A commit passes two stages, and each stage has one owner at a
// time:
//
//     callers ──► waiting ──► APPEND ──────────────────► appended ──► SYNC ──────────────────► done
//                             version, prepare, log,                  fsync if anybody wants it,
//                             apply  (CommitAppender)                 publish, answer  (CommitRound)
//
// The caller that finds the append stage free owns it: it *leads*, for itself and for all who wait. When it has nothing
// more to append, and nobody is syncing, it owns the sync stage as well and takes all that is appended as one round.
// Before it waits for the disk it gives up the append stage, so the next group is appended (into the buffer: one write
// for all of it when its turn comes) while this one syncs. Uncontended, all of this is the calling thread going
// straight through.
//
// A stage is never handed to somebody who sleeps: until that thread, or the continuation in the queue of the pool, has
// its turn, everybody else would come, find the stage taken, and lie down as well. A leader that leaves gives its
// stages up and wakes one of those who wait, its *heir*. Whoever comes first takes them, the heir or a newcomer; the
// heir may find its commit done. What is decided under the gate:
//   * Who waits, or has been appended, has somebody who owns a stage, or an heir that was told.
//   * Who ends the append stage while another one syncs leaves: the one who syncs takes up what is appended.
//   * Who ends the sync stage while another one appends leaves: the one who appends syncs next.
//   * Who ends the sync stage and sees work that nobody owns goes on if it can do without the disk, for RoundsPerLeader
//     rounds. Otherwise it leaves, for its own caller waits too.
//
// How many share a sync is decided by when it begins. Those who were answered by the last one come back soon, if they
// come back at all. So the heir is woken behind them, and they leave the sync to it; the last of them whom anybody
// expects begins it, if the heir has not had its turn by then. On a machine with nothing to do the heir has it at once;
// on a busy one it has it when those who were woken before it have had theirs. No clock is asked, and nobody waits for
// somebody who may not come.
//
// Who has been answered is woken when nothing is held any more, for a thread that is woken may take the processor from
// the one that woke it.
//
// The sync stage never runs ahead of the append stage and takes all that is appended, so groups are published in the
// order of their versions whatever durability each commit asked for. After the first failure everything that was under
// way gets its cause, everything later "writes have stopped".

/// <summary>
/// Brings batches into the log and into their target, one after the other, and answers when they are durable.
/// </summary>
internal sealed class GroupCommit
{
    private const int RoundsPerLeader = 4;

    // So many may spin until the leader comes to them. If more wait, it is probably not running.
    private static readonly int SpinningMax = Environment.ProcessorCount - 1;

    private readonly ICommitTarget _target;
    private readonly CommitFailure _failure;
    private readonly CommitAppender _appender;
    private readonly CommitRound _round;

    private readonly Lock _gate = new();

    // Under the gate.
    private CommitQueue _waiting;
    private CommitQueue _appended;
    private bool _isAppending;
    private bool _isSyncing;
    private bool _isAtDisk;
    private bool _isClosed;

    // Somebody was told to lead; and others leave the next sync to it.
    private bool _hasHeir;
    private bool _isLeftToHeir;

    // Callers who were answered by a sync and have not come back.
    private int _absent;
    private TaskCompletionSource? _syncEnded;

    // The first of those who wait. Touched by the owner of the append stage, or under the gate if there is none.
    private CommitQueue _next;

    public GroupCommit(WalWriter wal, ICommitTarget target)
    {
        _target = target;
        _failure = new CommitFailure(target);
        _appender = new CommitAppender(wal, target, _failure);
        _round = new CommitRound(wal, target, _failure);
    }

    /// <summary>What stopped writes for good, or null.</summary>
    public Exception? Failure => _failure.Cause;

    /// <summary>
    /// Commits a batch and returns its version once it is as durable as asked for, and published. An empty batch
    /// without a version makes everything before it that durable and returns the last version.
    /// </summary>
    /// <param name="batch">Not to be changed or committed again before the task is done.</param>
    /// <param name="durability">What the commit must survive.</param>
    /// <param name="version">Greater than that of every commit before, or 0 for the next one.</param>
    /// <remarks>Thread-safe. Never blocks but in calls to the disk; allocates nothing unless it has to wait.</remarks>
    /// <exception cref="FerrisException"><see cref="ErrorCode.IoError"/>: the outcome is unknown.
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.WritesStopped"/>: nothing was committed.</exception>
    /// <exception cref="ArgumentException">The version is not greater than the last one.</exception>
    public ValueTask<long> CommitAsync(WriteBatch batch, Durability durability, long version = 0)
    {
        return RunAsync(Begin(batch, durability, version, isBlocking: false));
    }

    /// <summary>
    /// As <see cref="CommitAsync(WriteBatch, Durability, long)"/>, for a commit that is decided at its turn. Returns
    /// its version, or the last one if it decided to write nothing; that it may learn before what it saw is durable.
    /// </summary>
    /// <param name="decision">What decides.</param>
    /// <param name="batch">What it fills: not to be used for anything else before the task is done.</param>
    /// <param name="durability">What the commit must survive, if it writes.</param>
    public ValueTask<long> CommitAsync(ICommitDecision decision, WriteBatch batch, Durability durability)
    {
        var request = RequestOf(batch);
        request.Begin(decision, durability, isBlocking: false);
        return RunAsync(request);
    }

    /// <summary>
    /// As <see cref="CommitAsync(ICommitDecision, WriteBatch, Durability)"/>, for a thread that has others to serve:
    /// who would lead on it is woken as if it had waited, on a thread of the pool, and leads with all who came
    /// meanwhile.
    /// </summary>
    public ValueTask<long> CommitElsewhereAsync(ICommitDecision decision, WriteBatch batch, Durability durability)
    {
        var request = RequestOf(batch);
        request.Begin(decision, durability, isBlocking: false);
        // Before anybody knows the commit: whoever is told so later is woken.
        var waiting = AwaitAsync(request);
        WaitAsHeir(request).Wake();
        return waiting;
    }

    /// <summary>
    /// As <see cref="CommitAsync(WriteBatch, Durability, long)"/>, for a thread that may block. Allocates nothing.
    /// </summary>
    public long Commit(WriteBatch batch, Durability durability, long version = 0)
    {
        var request = Begin(batch, durability, version, isBlocking: true);
        Detach(EnterAsync(request));
        while (!request.IsDoneByOwner && request.Wait() == CommitSignal.Lead && request.TryRearm())
            Detach(LeadAsHeirAsync(request));
        return request.TakeResult();
    }

    /// <summary>
    /// Runs a section that owns both stages: everything before it is published, and nothing is appended until it has
    /// ended. It gets a version, which is published when it is done, and returned. What it does is not in the log.
    /// </summary>
    /// <param name="versionAfter">
    /// Asked once, at its turn: the version behind the last one. It may refuse by an exception, and all goes on.
    /// </param>
    /// <param name="section">What is done at that version.</param>
    /// <remarks>
    /// It comes to its turn like a commit. If it fails nobody knows what it has done, so writes stop.
    /// </remarks>
    public async ValueTask<long> RunExclusiveAsync(Func<long, long> versionAfter, Func<long, ValueTask> section)
    {
        var request = new CommitRequest { IsExclusive = true };
        request.Begin(default, 0, Durability.None, version: 0, isBlocking: false);
        var turn = TakeTurn(request, isLast: false);
        ObjectDisposedException.ThrowIf(turn == CommitTurn.Refused, this);
        if (turn == CommitTurn.LeadOthers)
            Detach(LeadAsync(default, request));
        if (turn is CommitTurn.LeadOthers or CommitTurn.Wait)
        {
            if (request.TryAwait())
                await request.SignalAsync();
            Invariant.That(request.State == CommitSignal.LeadOwn);
        }
        await TakeBothStagesAsync();
        var hasBegun = false;
        try
        {
            if (_failure.Cause is not null)
                throw _failure.ToError();
            var version = versionAfter(_appender.LastVersion);
            hasBegun = true;
            Invariant.That(version > _appender.LastVersion);
            await section(version);
            _appender.Skip(version);
            _target.Publish(version);
            return version;
        }
        catch (Exception exception) when (hasBegun && _failure.Cause is null)
        {
            _failure.Stop(exception);
            throw;
        }
        finally
        {
            if (GoesOn())
                Detach(LeadAsync(default, request));
        }
    }

    /// <summary>Refuses further commits and waits until those under way are done and durable.</summary>
    public async ValueTask CloseAsync()
    {
        lock (_gate)
            _isClosed = true;
        if (_failure.Cause is not null)
            return;
        var request = new CommitRequest();
        request.Begin(default, 0, Durability.Sync, version: 0, isBlocking: false);
        Detach(EnterAsync(request, isLast: true));
        await AwaitAsync(request);
    }

    private static CommitRequest Begin(WriteBatch batch, Durability durability, long version, bool isBlocking)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, EntryTag.VersionMax);
        var request = RequestOf(batch);
        var isMarker = batch.Count == 0 && version == 0;
        // On the caller's own time, not the leader's.
        var payload = isMarker ? default : batch.CanonicalizeToMemory();
        var entries = isMarker ? 0 : (int)BatchFormat.ReadCount(payload.Span);
        request.Begin(payload, entries, durability, version, isBlocking);
        return request;
    }

    private static CommitRequest RequestOf(WriteBatch batch) =>
        batch.CommitRequest ??= new CommitRequest { Batch = batch };

    private ValueTask<long> RunAsync(CommitRequest request)
    {
        Detach(EnterAsync(request));
        var isDone = request.IsDoneByOwner && request.Error is null;
        return isDone ? new ValueTask<long>(request.TakeResult()) : AwaitAsync(request);
    }

    // Where the disk makes a leader wait without a thread, it goes on by itself; its own caller waits like any other.
    private static void Detach(ValueTask leading)
    {
        if (leading.IsCompleted)
            leading.GetAwaiter().GetResult();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<long> AwaitAsync(CommitRequest request)
    {
        while (!request.IsDoneByOwner)
        {
            if (request.TryAwait())
                await request.SignalAsync();
            if (request.State != CommitSignal.Lead || !request.TryRearm())
                break;
            Detach(LeadAsHeirAsync(request));
        }
        return request.TakeResult();
    }

    /// <summary>Lets a commit wait, or lead. Never throws but to refuse; nor does anything below it.</summary>
    private ValueTask EnterAsync(CommitRequest request, bool isLast = false)
    {
        switch (TakeTurn(request, isLast))
        {
            case CommitTurn.LeadAlone:
                return LeadAloneAsync(request);
            case CommitTurn.Lead:
                return LeadAsync(_appender.AppendAsync(request), request);
            case CommitTurn.LeadOthers:
                return LeadAsync(default, request);
            case CommitTurn.Refused:
                request.Error = new ObjectDisposedException(nameof(GroupCommit));
                request.TakeResult();
                return default;
            default:
                return default;
        }
    }

    /// <summary>The heir has its turn.</summary>
    private ValueTask LeadAsHeirAsync(CommitRequest heir)
    {
        lock (_gate)
        {
            _isLeftToHeir = false;
            // Who has not come back by now is not expected any more.
            _absent = 0;
            if (_isAppending || !IsAnyoneThere)
                return default;
            TakeAppend();
        }
        return LeadAsync(default, heir);
    }

    private CommitTurn TakeTurn(CommitRequest request, bool isLast)
    {
        lock (_gate)
        {
            if (_isClosed && !isLast)
                return CommitTurn.Refused;
            AssertInvariants();
            _absent = Math.Max(0, _absent - 1);
            if (_isAppending)
            {
                request.MaySpin =
                    !_isAtDisk && request.Durability != Durability.Sync && _waiting.Count < SpinningMax;
                _waiting.Enqueue(request);
                return CommitTurn.Wait;
            }
            var turn = _isSyncing || !_appended.IsEmpty ? CommitTurn.Lead : CommitTurn.LeadAlone;
            if (IsAnyoneWaiting)
            {
                _waiting.Enqueue(request);
                turn = CommitTurn.LeadOthers;
            }
            TakeAppend();
            return turn;
        }
    }

    /// <summary>Lets a commit wait, as the heir if there is neither a leader nor another heir.</summary>
    private CommitWake WaitAsHeir(CommitRequest request)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                request.Error = new ObjectDisposedException(nameof(GroupCommit));
                return request.Tell(CommitSignal.Done);
            }
            AssertInvariants();
            _absent = Math.Max(0, _absent - 1);
            _waiting.Enqueue(request);
            if (_isAppending || _hasHeir)
                return default;
            _hasHeir = true;
            return request.Tell(CommitSignal.Lead);
        }
    }

    // The short way: nobody else syncs, and nobody can begin to while this one owns the append stage.
    private ValueTask LeadAloneAsync(CommitRequest own)
    {
        var appending = _appender.AppendAsync(own);
        if (!appending.IsCompletedSuccessfully || own.Durability == Durability.Sync)
            return LeadAsync(appending, own);
        TakeRound();
        _round.Flush();
        _round.Finish(own);
        return GoesOn() ? LeadAsync(default, own) : default;
    }

    /// <summary>Owns the append stage.</summary>
    private async ValueTask LeadAsync(ValueTask appending, CommitRequest own)
    {
        // While nothing has made it wait, this runs on the thread of its own caller, who needs no signal.
        var isOnOwnThread = appending.IsCompleted;
        await appending;
        for (var rounds = 1; ; rounds++)
        {
            CommitStep step;
            do
            {
                var appendingOthers = AppendWaitingAsync();
                isOnOwnThread &= appendingOthers.IsCompleted;
                await appendingOthers;
                step = EndGroup();
            }
            while (step == CommitStep.Append);
            if (step == CommitStep.Leave)
                return;
            var ownsAppend = true;
            if (_round.Flush())
            {
                EndAppend();
                ownsAppend = false;
                var syncing = _round.SyncAsync();
                isOnOwnThread &= syncing.IsCompleted;
                await syncing;
            }
            var size = _round.Count;
            var answered = _round.Finish(isOnOwnThread ? own : null);
            var goesOn = GoesOn(rounds, ownsAppend, size, out var heir);
            WakeAll(answered);
            heir.Wake();
            if (!goesOn)
                return;
        }
    }

    private async ValueTask AppendWaitingAsync()
    {
        while (!_appender.IsGroupFull)
        {
            if (_next.IsEmpty)
            {
                lock (_gate)
                    _next.TakeAll(ref _waiting);
            }
            if (_next.Head is null or { IsExclusive: true })
                return;
            await _appender.AppendAsync(_next.Dequeue()!);
        }
    }

    /// <summary>
    /// Owns the append stage, and the sync stage as well when it is done; all that was appended is finished.
    /// </summary>
    private async ValueTask TakeBothStagesAsync()
    {
        while (true)
        {
            Task syncEnded;
            lock (_gate)
            {
                if (!_isSyncing)
                {
                    TakeSync();
                    break;
                }
                _syncEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                syncEnded = _syncEnded.Task;
            }
            await syncEnded;
        }
        if (_round.Flush())
            await _round.SyncAsync();
        WakeAll(_round.Finish(null));
    }

    /// <summary>Ends the append of a group: what the owner of the append stage does next.</summary>
    private CommitStep EndGroup()
    {
        CommitRequest? exclusive = null;
        lock (_gate)
        {
            AssertInvariants();
            if (!_isSyncing && !(_isLeftToHeir && _absent > 0))
            {
                TakeSync();
                return CommitStep.Sync;
            }
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.CommitPublishesOutOfOrder && _failure.Cause is null)
                _target.Publish(_appender.LastVersion);
#endif
            _appender.MoveGroupTo(ref _appended);
            if (IsAnyoneWaiting)
            {
                exclusive = TakeExclusive();
                if (exclusive is null)
                    return CommitStep.Append;
            }
            else
            {
                _isAppending = false;
                _hasHeir = _isLeftToHeir;
            }
        }
        exclusive?.Signal(CommitSignal.LeadOwn);
        return CommitStep.Leave;
    }

    private void TakeRound()
    {
        _appender.MoveGroupTo(ref _appended);
        _round.Begin(ref _appended);
    }

    // Who waits by now is appended by the next who comes, or after the sync.
    private void EndAppend()
    {
        lock (_gate)
        {
            _isAppending = false;
            _isAtDisk = true;
        }
    }

    private bool GoesOn()
    {
        var goesOn = GoesOn(rounds: 1, ownsAppend: true, size: 0, out var heir);
        heir.Wake();
        return goesOn;
    }

    /// <summary>Ends the sync stage. True if the caller owns the append stage and there is something to do.</summary>
    /// <param name="rounds">That the caller has led.</param>
    /// <param name="ownsAppend">False if it was at the disk.</param>
    /// <param name="size">Commits of the round that has just ended.</param>
    /// <param name="heir">To be woken when all else is done.</param>
    private bool GoesOn(int rounds, bool ownsAppend, int size, out CommitWake heir)
    {
        heir = default;
        lock (_gate)
        {
            AssertInvariants();
            _isSyncing = _isAtDisk = false;
            _syncEnded?.SetResult();
            _syncEnded = null;
            _absent += ownsAppend ? 0 : size;
            // Who appends at the moment will see that nobody syncs.
            if (!ownsAppend && _isAppending)
                return false;
            _isAppending = false;
            if (!IsAnyoneThere)
                return false;
            if (TakeExclusive() is { } exclusive)
            {
                TakeAppend();
                heir = exclusive.Tell(CommitSignal.LeadOwn);
                return false;
            }
            if (rounds < RoundsPerLeader && (ownsAppend || !IsAnyoneForDisk))
            {
                TakeAppend();
                return true;
            }
            _hasHeir = true;
            _isLeftToHeir = !ownsAppend;
            heir = ChooseHeir().Tell(CommitSignal.Lead);
            return false;
        }
    }

    private static void WakeAll(CommitQueue answered)
    {
        while (answered.Dequeue() is { } request)
            request.Signal(CommitSignal.Done);
    }

    // What follows is for those who hold the gate while nobody else owns the append stage.

    private bool IsAnyoneWaiting => !_next.IsEmpty || !_waiting.IsEmpty;

    private bool IsAnyoneThere => IsAnyoneWaiting || !_appended.IsEmpty;

    private bool IsAnyoneForDisk =>
        (_appended.Find(static request => request.Durability == Durability.Sync)
            ?? _next.Find(static request => request.Durability == Durability.Sync)) is not null;

    private void TakeAppend()
    {
        _isAppending = true;
        _hasHeir = false;
    }

    private void TakeSync()
    {
        _isSyncing = true;
        _isLeftToHeir = false;
        TakeRound();
    }

    /// <summary>Takes out the first who waits, if it wants the append stage alone.</summary>
    private CommitRequest? TakeExclusive()
    {
        _next.TakeAll(ref _waiting);
        return _next.Head is { IsExclusive: true } ? _next.Dequeue() : null;
    }

    // A thread comes when it is woken; a continuation, when the pool has a thread for it.
    private CommitRequest ChooseHeir() =>
        _appended.Find(static request => request.State == CommitSignal.Sleeping) ?? _appended.Head ?? _next.Head!;

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        var isLed = _isAppending || _isSyncing || _hasHeir;
        Invariant.That(isLed || !IsAnyoneThere);
        Invariant.That(_round.IsEmpty || _isAppending || _isSyncing);
    }
}
