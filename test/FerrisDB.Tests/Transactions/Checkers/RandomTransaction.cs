namespace FerrisDB.Tests.Transactions;

/// <summary>A transaction that does what chance says, one call after the other, and writes all of it down.</summary>
internal sealed class RandomTransaction : IDisposable
{
    private readonly Transaction _transaction;
    private readonly History _history;
    private readonly Random _random;
    private readonly RandomSteps _steps;
    private readonly ReadYourWritesOptions _options;

    public RandomTransaction(Database database, History history, Random random)
    {
        _transaction = database.CreateTransaction();
        _history = history;
        _random = random;
        _steps = new RandomSteps(random);
        _options = new ReadYourWritesOptions(_transaction, random);
        Record = history.Begin();
    }

    public HistoryTransaction Record { get; }

    /// <summary>One call, of any kind.</summary>
    public ValueTask StepAsync()
    {
        _options.ChangeSometimes();
        var step = _steps.Next();
        if (step.IsRead)
            return ReadAsync(step);
        Record.Steps.Add(_options.Note(step));
        StepCalls.Write(_transaction, step);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads all there is: whatever happened before has to show.</summary>
    public ValueTask ReadAllAsync() => ReadAsync(RandomSteps.All);

    public async ValueTask CommitAsync(Durability durability)
    {
        Record.Durability = durability;
        var stamp = _random.Next(4) == 0 ? _transaction.GetVersionstampAsync() : null;
        Record.Outcome = HistoryOutcome.Unknown;
        _history.CommitBegins(Record);
        try
        {
            await _transaction.CommitAsync(durability);
            Record.Outcome = HistoryOutcome.Committed;
            Record.CommitVersion = _transaction.CommittedVersion;
            if (stamp is not null && Record.CommitVersion >= 0)
                Record.Versionstamp = await stamp;
        }
        catch (FerrisException error) when (error.Code is not (ErrorCode.IoError or ErrorCode.WritesStopped))
        {
            Record.Outcome =
                error.Code == ErrorCode.NotCommitted ? HistoryOutcome.NotCommitted : HistoryOutcome.Failed;
            Record.Error = error.Code;
            var isExpected = error.Code == ErrorCode.NotCommitted
                || (error.Code == ErrorCode.TransactionTooOld && Record.MayBeTooOld)
                || Record.Steps.Exists(step => step.Error == error.Code);
            Assert.True(isExpected, $"{error}\n{Record}");
        }
        _history.CommitEnded(Record);
    }

    public void Dispose() => _transaction.Dispose();

    private async ValueTask ReadAsync(HistoryStep step)
    {
        step = _options.Note(step);
        Record.Steps.Add(step);
        try
        {
            await StepCalls.ReadAsync(_transaction, step);
            if (Record.ReadVersion < 0)
                Record.ReadVersion = await _transaction.GetReadVersionAsync();
        }
        catch (FerrisException error)
        {
            step.Error = error.Code;
        }
        catch
        {
            // The power failed under it: it has read nothing.
            Record.Steps.RemoveAt(Record.Steps.Count - 1);
            throw;
        }
    }
}
