using FerrisDB.Storage;

namespace FerrisDB.Tests.Transactions;

/// <summary>
/// A transaction that waits for nothing: it writes while it reads, commits while it reads, and is reset, cancelled and
/// used while it commits.
/// </summary>
internal sealed class ImpatientTransaction : IDisposable
{
    private readonly Transaction _transaction;
    private readonly History _history;
    private readonly Random _random;
    private readonly RandomSteps _steps;
    private readonly WriteDuringReadLog _log;
    private readonly int _number;
    private readonly List<(string What, Task Task)> _underWay = [];
    private ImpatientLife _life;

    public ImpatientTransaction(
        Database database, History history, Random random, WriteDuringReadLog log, int number, bool isOdd)
    {
        _transaction = database.CreateTransaction();
        _history = history;
        _random = random;
        _steps = new RandomSteps(random, isOdd);
        _log = log;
        _number = number;
        _life = NewLife();
    }

    /// <summary>One call of any kind.</summary>
    public void Step()
    {
        switch (_random.Next(50))
        {
            case 0:
                Reset();
                break;
            case 1:
                _log.Add(_number, "cancel");
                _transaction.Cancel();
                _life.IsOver = true;
                _life.Phase = ImpatientPhase.Cancelled;
                break;
            case < 8:
                Commit();
                break;
            case < 16 when _life.Phase is ImpatientPhase.Ended or ImpatientPhase.Cancelled:
                Retry();
                break;
            case < 46 when _life.Phase != ImpatientPhase.Active:
                // To misuse it all the time would leave no commits.
                break;
            default:
                Call();
                break;
        }
    }

    public void Dispose()
    {
        _log.Add(_number, "dispose");
        _life.IsOver = true;
        _life.IsDisposed = true;
        _life.Phase = ImpatientPhase.Cancelled;
        _transaction.Dispose();
    }

    /// <summary>All answers are there: everything has ended, as it had to.</summary>
    public void AssertEnded()
    {
        foreach (var (what, task) in _underWay)
        {
            _log.Require(task.IsCompleted, $"{_number}: {what} still waits", _life.Record);
            task.GetAwaiter().GetResult();
        }
        _underWay.Clear();
    }

    private ImpatientLife NewLife() => new(_history.Begin(), new ReadYourWritesOptions(_transaction, _random));

    private void Reset()
    {
        _log.Add(_number, "reset");
        _life.IsOver |= _life.Phase != ImpatientPhase.Ended;
        _transaction.Reset();
        _life = NewLife();
    }

    private void Call()
    {
        var step = _steps.Next();
        if (_life.Refusal is { } refusal)
        {
            AssertRefused(step, refusal);
            return;
        }
        _log.Add(_number, step.Kind.ToString());
        _life.Options.ChangeSometimes();
        step = _life.Options.Note(step);
        _life.Record.Steps.Add(step);
        if (step.IsRead)
            _underWay.Add((step.ToString(), ReadAsync(step, _life)));
        else
            StepCalls.Write(_transaction, step);
    }

    private void AssertRefused(HistoryStep step, ErrorCode refusal)
    {
        _log.Add(_number, $"misuse {step.Kind}");
        _life.IsMisused |= _life.Phase == ImpatientPhase.Committing;
        // A call without a result leaves its error for the next one: there the read version is asked for.
        if (step.IsRead || _life.Phase == ImpatientPhase.Committing)
            AssertFails(refusal, StepCalls.ReadAsync(_transaction, step.IsRead ? step : RandomSteps.All).AsTask());
        else
            StepCalls.Write(_transaction, step);
    }

    private void AssertFails(ErrorCode code, Task task)
    {
        var error = task.Exception?.InnerException as FerrisException;
        _log.Require(error?.Code == code, $"a call must fail with {code}, not {error}", _life.Record);
    }

    private async Task ReadAsync(HistoryStep step, ImpatientLife life)
    {
        try
        {
            await StepCalls.ReadAsync(_transaction, step);
            _log.Add(_number, $"answered {step}");
            _log.Require(!life.IsOver, $"{step} has survived the end of its transaction", life.Record);
        }
        catch (FerrisException error)
        {
            if (!life.IsOver)
            {
                step.Error = error.Code;
                return;
            }
            _log.Require(error.Code == ErrorCode.TransactionCancelled, $"{step}: {error}", life.Record);
            // It has read nothing.
            life.Record.Steps.RemoveAll(each => ReferenceEquals(each, step));
            return;
        }
        if (life.Record.ReadVersion < 0)
            await NoteReadVersionAsync(life);
    }

    // One that has read nothing but its own writes has none before it asks, and its commit needs none.
    private async ValueTask NoteReadVersionAsync(ImpatientLife life)
    {
        try
        {
            var version = await _transaction.GetReadVersionAsync();
            if (life.Verdict is null)
                life.Record.ReadVersion = version;
        }
        catch (FerrisException)
        {
            // It was over before it had one.
        }
    }

    private void Commit()
    {
        if (_life.Refusal is { } refusal)
        {
            _life.IsMisused |= _life.Phase == ImpatientPhase.Committing;
            _log.Add(_number, "commit again");
            AssertFails(refusal, _transaction.CommitAsync().AsTask());
            return;
        }
        _log.Add(_number, "commit");
        var stamp = _random.Next(4) == 0 ? _transaction.GetVersionstampAsync() : null;
        _life.Phase = ImpatientPhase.Committing;
        _life.Record.Outcome = HistoryOutcome.Failed;
        _history.CommitBegins(_life.Record);
        DelayedCluster.Decided.Value = _life.Decide;
        _underWay.Add(($"commit of {_life.Record}", CommitAsync(_life, stamp)));
        DelayedCluster.Decided.Value = null;
    }

    private async Task CommitAsync(ImpatientLife life, Task<byte[]>? stamp)
    {
        FerrisException? failure = null;
        try
        {
            await _transaction.CommitAsync(Durability.None);
        }
        catch (FerrisException error)
        {
            failure = error;
        }
        // Reads that the commit has waited for note their errors first.
        await Task.Yield();
        var expected = life.ExpectedFailure();
        _log.Add(_number, $"committed: {failure?.Code}");
        _log.Require(failure?.Code == expected, $"the commit must end with {expected}, not {failure}", life.Record);
        life.Failure = failure;
        if (failure is null)
        {
            life.Record.Outcome = HistoryOutcome.Committed;
            if (!life.IsOver)
                Assert.Equal(life.Record.CommitVersion, _transaction.CommittedVersion);
            if (stamp is not null && life is { IsOver: false, Record.CommitVersion: >= 0 })
                life.Record.Versionstamp = await stamp;
        }
        if (!life.IsOver)
            life.Phase = ImpatientPhase.Ended;
        // What nobody was told of need not be seen by who comes later.
        if (failure is null or { Code: ErrorCode.NotCommitted })
            _history.CommitEnded(life.Record);
    }

    private void Retry()
    {
        var failure = _life.Failure;
        if (_life.Phase == ImpatientPhase.Cancelled || failure is null)
        {
            Reset();
            return;
        }
        // With no time to wait, it has ended at once.
        var retrying = _transaction.OnErrorAsync(failure).AsTask();
        if (failure.Code == ErrorCode.NotCommitted)
        {
            retrying.GetAwaiter().GetResult();
            _life = NewLife();
            return;
        }
        AssertFails(failure.Code, retrying);
        _life.Phase = ImpatientPhase.Cancelled;
    }
}
