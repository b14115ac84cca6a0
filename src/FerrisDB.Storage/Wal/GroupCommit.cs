using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Many callers, one log, one fsync for all who wait. A commit passes two stages, and each stage has one owner at a
// time:
//
//     callers ──► waiting ──► APPEND ──────────────────► appended ──► SYNC ──────────────────► done
//                             version, prepare, log,                  fsync if anybody wants it,
//                             apply                                   publish, answer
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
internal sealed class GroupCommit(WalWriter wal, ICommitTarget target)
{
    private const int GroupCommitsMax = 1024;
    private const long GroupBytesMax = 1 << 20;
    private const int RoundsPerLeader = 4;

    private readonly Lock _gate = new();

    // Under the gate.
    private CommitQueue _waiting;
    private CommitQueue _appended;
    private bool _isAppending;
    private bool _isSyncing;
    private bool _isClosed;
    private TaskCompletionSource? _syncEnded;

    // Owned by the append stage.
    private CommitQueue _group;
    private long _groupBytes;
    private int _groupCommits;
    private long _lastVersion = wal.LastVersion;

    // Owned by the sync stage.
    private CommitQueue _round;
    private Exception? _roundError;

    private volatile Exception? _failure;

    /// <summary>What stopped writes for good, or null.</summary>
    public Exception? Failure => _failure;

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
        var request = Begin(batch, durability, version, isBlocking: false);
        if (TryLead(request, out var isAlone))
            Detach(Lead(request, isAlone));
        var isDone = request.IsDoneByOwner && request.Error is null;
        return isDone ? new ValueTask<long>(request.TakeResult()) : AwaitAsync(request);
    }

    /// <summary>As <see cref="CommitAsync"/>, for a thread that may block. Allocates nothing.</summary>
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
            if (_failure is not null)
                throw StoppedError();
            var version = _lastVersion + 1;
            await section(version);
            _lastVersion = version;
            target.Publish(version);
            return version;
        }
        catch (Exception exception) when (_failure is null)
        {
            Stop(exception);
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
        if (_failure is not null)
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
        var request = batch.CommitRequest ??= new CommitRequest();
        var isMarker = batch.Count == 0 && version == 0;
        // On the caller's own time, not the leader's.
        var payload = isMarker ? default : batch.CanonicalizeToMemory();
        var entries = isMarker ? 0 : (int)BatchFormat.ReadCount(payload.Span);
        request.Begin(payload, entries, durability, version, isBlocking);
        return request;
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
        var appending = AppendAsync(own);
        if (!appending.IsCompletedSuccessfully || !isAlone || own.Durability == Durability.Sync)
            return LeadAsync(appending, own);
        return LeadStraight(own);
    }

    // The short way: nobody else syncs, and nobody can begin to while this one owns the append stage.
    private ValueTask LeadStraight(CommitRequest own)
    {
        TakeRound();
        FlushRound();
        FinishRound(own);
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
            if (FlushRound())
            {
                EndAppend();
                ownsAppend = false;
                var syncing = SyncRoundAsync();
                isOnOwnThread &= syncing.IsCompleted;
                await syncing;
            }
            FinishRound(isOnOwnThread ? own : null);
            if (!GoesOn(rounds, ownsAppend))
                return;
        }
    }

    private async ValueTask AppendWaitingAsync()
    {
        while (_groupCommits < GroupCommitsMax && _groupBytes < GroupBytesMax)
        {
            CommitRequest? next;
            lock (_gate)
                next = _waiting.Head is { IsExclusive: true } ? null : _waiting.Dequeue();
            if (next is null)
                return;
            await AppendAsync(next);
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
        if (FlushRound())
            await SyncRoundAsync();
        FinishRound(null);
    }

    private ValueTask AppendAsync(CommitRequest request)
    {
        _group.Enqueue(request);
        _groupCommits++;
        _groupBytes += request.Payload.Length;
        if (_failure is not null)
            request.Error = StoppedError();
        else if (request.Payload.IsEmpty)
            request.Version = _lastVersion;
        else if (request.Version != 0 && request.Version <= _lastVersion)
            request.Error =
                new ArgumentException($"Version {request.Version} is not above the last one, {_lastVersion}.");
        else
            return AppendBatchAsync(request);
        return default;
    }

    private ValueTask AppendBatchAsync(CommitRequest request)
    {
        try
        {
            var preparing = target.PrepareAsync(request.Entries, request.Payload.Length);
            if (!preparing.IsCompletedSuccessfully || !wal.HasRoomFor(request.Payload.Length))
                return AppendSlowlyAsync(request, preparing);
        }
        catch (Exception exception)
        {
            Refuse(request, exception);
            return default;
        }
        AppendPrepared(request);
        return default;
    }

    private async ValueTask AppendSlowlyAsync(CommitRequest request, ValueTask preparing)
    {
        try
        {
            await preparing;
            if (!wal.HasRoomFor(request.Payload.Length))
                await wal.MakeRoomAsync(request.Payload.Length);
        }
        catch (Exception exception)
        {
            Refuse(request, exception);
            return;
        }
        AppendPrepared(request);
    }

    // Nothing of the commit was written: it fails alone, unless the log itself has, or something of ours is broken.
    private void Refuse(CommitRequest request, Exception exception)
    {
        request.Error = exception;
        if (exception is not FerrisException || wal.Failure is not null)
            Stop(exception);
    }

    private void AppendPrepared(CommitRequest request)
    {
        var version = request.Version != 0 ? request.Version : _lastVersion + 1;
        try
        {
            wal.Append(version, request.Payload.Span);
            request.Version = _lastVersion = version;
            target.Apply(version, request.Payload.Span, request.Entries);
        }
        catch (Exception exception)
        {
            request.Error = exception;
            Stop(exception);
        }
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
            if (SeededBugs.Active == SeededBug.CommitPublishesOutOfOrder && _failure is null)
                target.Publish(_lastVersion);
#endif
            TakeGroup();
            next = PassAppend();
        }
        next?.Signal(CommitSignal.LeadOwn);
        return false;
    }

    private void TakeGroup()
    {
        _appended.TakeAll(ref _group);
        _groupCommits = 0;
        _groupBytes = 0;
    }

    private void TakeRound()
    {
        TakeGroup();
        _round.TakeAll(ref _appended);
        _roundError = null;
    }

    /// <summary>
    /// Owns both stages. Hands the round to the operating system; true if the disk must have it, too.
    /// </summary>
    private bool FlushRound()
    {
        var strongest = Durability.None;
        for (var request = _round.Head; request is not null; request = request.Next)
        {
            if (request.Error is null && request.Durability < strongest)
                strongest = request.Durability;
        }
        if (strongest == Durability.None)
            return false;
        try
        {
            wal.Flush();
        }
        catch (Exception exception)
        {
            FailRound(exception);
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CommitAcknowledgesBeforeSync)
            return false;
#endif
        return strongest == Durability.Sync && _roundError is null;
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

    private async ValueTask SyncRoundAsync()
    {
        try
        {
            await wal.SyncAsync();
        }
        catch (Exception exception)
        {
            FailRound(exception);
        }
    }

    private void FinishRound(CommitRequest? own)
    {
        var newest = 0L;
        for (var request = _round.Head; request is not null; request = request.Next)
        {
            request.Error ??= _roundError;
            if (request.Error is null && !request.Payload.IsEmpty)
                newest = request.Version;
        }
        try
        {
            if (newest > 0)
                target.Publish(newest);
        }
        catch (Exception exception)
        {
            FailRound(exception);
        }
        while (_round.Dequeue() is { } request)
        {
            request.Error ??= _roundError;
            if (ReferenceEquals(request, own))
                request.IsDoneByOwner = true;
            else
                request.Signal(CommitSignal.Done);
        }
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

    // What failed was under way: its outcome is unknown, and the first cause says more than that writes have stopped.
    private void FailRound(Exception exception)
    {
        Stop(exception);
        _roundError = wal.Failure ?? exception;
    }

    private void Stop(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
            target.Fail(failure);
    }

    private FerrisException StoppedError() => new(
        ErrorCode.WritesStopped,
        $"Writes have stopped since an earlier failure: {_failure!.Message} Close the database and open it again.",
        _failure);

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        Invariant.That(_waiting.IsEmpty || _isAppending);
        Invariant.That(_appended.IsEmpty || _isAppending || _isSyncing);
        Invariant.That(_round.IsEmpty || _isAppending || _isSyncing);
    }
}
