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
// The caller that finds the append stage free owns it: it *leads*, for itself and for whoever comes meanwhile. When it
// has nothing more to append, and nobody is syncing, it owns the sync stage as well and takes all that is appended as
// one round. Before it waits for the disk it gives up the append stage, so the next group is appended (into the buffer:
// one write for all of it when its turn comes) while this one syncs. Uncontended, all of this is the calling thread
// going straight through.
//
// Nobody is ever without a leader. All of this is decided under the gate:
//   * Commits wait only while somebody owns the append stage, and are appended only while somebody owns a stage.
//   * Who ends the append stage while another one syncs leaves: the one who syncs takes up what is appended.
//   * Who ends the sync stage while another one appends leaves: the one who appends syncs next.
//   * Who ends the sync stage and sees work that nobody owns goes on. After RoundsPerLeader it passes the append stage
//     to somebody who waits instead, for its own caller waits too.
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
    private bool _isClosed;
    private TaskCompletionSource? _syncEnded;

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
        var leads = TryLead(request, out _);
        var waiting = AwaitAsync(request);
        if (leads)
            request.Signal(CommitSignal.LeadOwn);
        return waiting;
    }

    /// <summary>
    /// As <see cref="CommitAsync(WriteBatch, Durability, long)"/>, for a thread that may block. Allocates nothing.
    /// </summary>
    public long Commit(WriteBatch batch, Durability durability, long version = 0)
    {
        var request = Begin(batch, durability, version, isBlocking: true);
        if (TryLead(request, out var isAlone))
            Detach(Lead(request, isAlone));
        while (!request.IsDoneByOwner)
        {
            var signal = request.Wait();
            if (signal == CommitSignal.Done)
                break;
            request.Rearm();
            Detach(signal == CommitSignal.LeadOwn ? Lead(request, isAlone: false) : LeadAsync(default, request));
        }
        return request.TakeResult();
    }

    /// <summary>
    /// Runs a section that owns both stages: everything before it is published, and nothing is appended until it has
    /// ended. It gets the next version, which is published when it is done, and returned.
    /// </summary>
    /// <remarks>
    /// It comes to its turn like a commit. If it fails nobody knows what it has done, so writes stop.
    /// </remarks>
    public async ValueTask<long> RunExclusiveAsync(Func<long, ValueTask> section)
    {
        var request = new CommitRequest { IsExclusive = true };
        request.Begin(default, 0, Durability.None, version: 0, isBlocking: false);
        if (!TryLead(request, out _))
        {
            await request.SignalAsync();
            Invariant.That(request.State == CommitSignal.LeadOwn);
        }
        await TakeBothStagesAsync();
        try
        {
            if (_failure.Cause is not null)
                throw _failure.ToError();
            var version = _appender.LastVersion + 1;
            await section(version);
            _appender.LastVersion = version;
            _target.Publish(version);
            return version;
        }
        catch (Exception exception) when (_failure.Cause is null)
        {
            _failure.Stop(exception);
            throw;
        }
        finally
        {
            if (GoesOn(rounds: 1, ownsAppend: true))
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
        if (TryLead(request, out var isAlone, isLast: true))
            Detach(Lead(request, isAlone));
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
        if (TryLead(request, out var isAlone))
            Detach(Lead(request, isAlone));
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
            await request.SignalAsync();
            var signal = request.State;
            if (signal == CommitSignal.Done)
                break;
            request.Rearm();
            Detach(signal == CommitSignal.LeadOwn ? Lead(request, isAlone: false) : LeadAsync(default, request));
        }
        return request.TakeResult();
    }

    /// <summary>Queues a commit, or gives its owner the append stage; alone, if nothing at all is under way.</summary>
    private bool TryLead(CommitRequest request, out bool isAlone, bool isLast = false)
    {
        lock (_gate)
        {
            isAlone = !_isAppending && !_isSyncing;
            var isRefused = _isClosed && !isLast;
            if (!isRefused)
            {
                AssertInvariants();
                var leads = !_isAppending;
                if (!leads)
                    _waiting.Enqueue(request);
                _isAppending = true;
                return leads;
            }
        }
        request.Error = new ObjectDisposedException(nameof(GroupCommit));
        request.TakeResult();
        return false;
    }

    /// <summary>
    /// Owns the append stage and begins with its own commit. Never throws; nor does anything below it.
    /// </summary>
    private ValueTask Lead(CommitRequest own, bool isAlone)
    {
        var appending = _appender.AppendAsync(own);
        if (!appending.IsCompletedSuccessfully || !isAlone || own.Durability == Durability.Sync)
            return LeadAsync(appending, own);
        return LeadStraight(own);
    }

    // The short way: nobody else syncs, and nobody can begin to while this one owns the append stage.
    private ValueTask LeadStraight(CommitRequest own)
    {
        TakeRound();
        _round.Flush();
        _round.Finish(own);
        return GoesOn(rounds: 1, ownsAppend: true) ? LeadAsync(default, own) : default;
    }

    private async ValueTask LeadAsync(ValueTask appending, CommitRequest own)
    {
        // While nothing has made it wait, this runs on the thread of its own caller, who needs no signal.
        var isOnOwnThread = appending.IsCompleted;
        await appending;
        for (var rounds = 1; ; rounds++)
        {
            var appendingOthers = AppendWaitingAsync();
            isOnOwnThread &= appendingOthers.IsCompleted;
            await appendingOthers;
            if (!TryBeginSync())
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
            _round.Finish(isOnOwnThread ? own : null);
            if (!GoesOn(rounds, ownsAppend))
                return;
        }
    }

    private async ValueTask AppendWaitingAsync()
    {
        while (!_appender.IsGroupFull)
        {
            CommitRequest? next;
            lock (_gate)
                next = _waiting.Head is { IsExclusive: true } ? null : _waiting.Dequeue();
            if (next is null)
                return;
            await _appender.AppendAsync(next);
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
                    _isSyncing = true;
                    TakeRound();
                    break;
                }
                _syncEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                syncEnded = _syncEnded.Task;
            }
            await syncEnded;
        }
        if (_round.Flush())
            await _round.SyncAsync();
        _round.Finish(null);
    }

    /// <summary>
    /// Ends the append of a group. True if both stages are owned now; otherwise the caller owns nothing.
    /// </summary>
    private bool TryBeginSync()
    {
        CommitRequest? next;
        lock (_gate)
        {
            AssertInvariants();
            if (!_isSyncing)
            {
                _isSyncing = true;
                TakeRound();
                return true;
            }
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.CommitPublishesOutOfOrder && _failure.Cause is null)
                _target.Publish(_appender.LastVersion);
#endif
            _appender.MoveGroupTo(ref _appended);
            next = PassAppend();
        }
        next?.Signal(CommitSignal.LeadOwn);
        return false;
    }

    private void TakeRound()
    {
        _appender.MoveGroupTo(ref _appended);
        _round.Begin(ref _appended);
    }

    private void EndAppend()
    {
        CommitRequest? next;
        lock (_gate)
            next = PassAppend();
        next?.Signal(CommitSignal.LeadOwn);
    }

    /// <summary>Under the gate: the append stage goes to the first who waits, to be signalled, or to nobody.</summary>
    private CommitRequest? PassAppend()
    {
        var next = _waiting.Dequeue();
        _isAppending = next is not null;
        return next;
    }

    /// <summary>Ends the sync stage. True if the caller owns the append stage and there is something to do.</summary>
    private bool GoesOn(int rounds, bool ownsAppend)
    {
        CommitRequest? next;
        var signal = CommitSignal.LeadOwn;
        lock (_gate)
        {
            _isSyncing = false;
            _syncEnded?.SetResult();
            _syncEnded = null;
            // Who appends at the moment will see that nobody syncs.
            if (!ownsAppend && _isAppending)
                return false;
            _isAppending = !_waiting.IsEmpty || !_appended.IsEmpty;
            AssertInvariants();
            var isTurnOfExclusive = _waiting.Head is { IsExclusive: true };
            if (!_isAppending || (rounds < RoundsPerLeader && !isTurnOfExclusive))
                return _isAppending;
            next = _waiting.Dequeue();
            if (next is null)
            {
                // It stays where it is, and comes back for itself and the others.
                next = _appended.Head!;
                signal = CommitSignal.LeadOthers;
            }
        }
        next.Signal(signal);
        return false;
    }

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        Invariant.That(_waiting.IsEmpty || _isAppending);
        Invariant.That(_appended.IsEmpty || _isAppending || _isSyncing);
        Invariant.That(_round.IsEmpty || _isAppending || _isSyncing);
    }
}
