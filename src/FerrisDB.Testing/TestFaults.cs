namespace FerrisDB.Testing;

/// <summary>What fails in a test's database, how late it answers, and how often it was asked.</summary>
/// <remarks>
/// Thread-safe. What was said of the next commits or reads is used up in that order; a probability comes after. Commits
/// are those of transactions that write: others never ask.
/// </remarks>
public sealed class TestFaults
{
    private readonly Lock _gate = new();
    private readonly FaultPlan _commitPlan = new();
    private readonly FaultPlan _readPlan = new();
    private int _suspensions;

    /// <summary>Commits that were asked for, those that failed among them.</summary>
    public int Commits { get; private set; }

    /// <summary>Gets and pages of ranges that were asked for.</summary>
    public int Reads { get; private set; }

    /// <summary>Faults that have happened.</summary>
    public int Injected { get; private set; }

    /// <summary>Fails the next commits. Nothing is written.</summary>
    /// <param name="code">
    /// With what: <see cref="ErrorCode.NotCommitted"/> is a conflict, <see cref="ErrorCode.TransactionTooOld"/> a
    /// transaction that took too long.
    /// </param>
    /// <param name="times">How many commits, one after the other.</param>
    public void FailNextCommit(ErrorCode code = ErrorCode.NotCommitted, int times = 1) =>
        Plan(_commitPlan, new Fault(code, default, IsCommitted: false), times);

    /// <summary>
    /// The next commit fails with <see cref="ErrorCode.CommitUnknownResult"/>, as if the connection to a cluster had
    /// been lost.
    /// </summary>
    /// <param name="isCommitted">Whether it takes effect all the same.</param>
    public void LoseNextAnswer(bool isCommitted) =>
        Plan(_commitPlan, new Fault(ErrorCode.CommitUnknownResult, default, isCommitted), 1);

    /// <summary>Fails commits by chance, until <see cref="Clear"/>.</summary>
    /// <param name="probability">From 0 to 1.</param>
    /// <param name="seed">Decides which ones, if they come in the same order.</param>
    /// <param name="code">With what.</param>
    public void FailCommits(double probability, int seed, ErrorCode code = ErrorCode.NotCommitted) =>
        Plan(_commitPlan, probability, seed, code);

    /// <summary>Fails the next reads.</summary>
    /// <param name="code">With what.</param>
    /// <param name="times">How many reads, one after the other.</param>
    public void FailNextRead(ErrorCode code = ErrorCode.TransactionTooOld, int times = 1) =>
        Plan(_readPlan, new Fault(code, default, IsCommitted: false), times);

    /// <summary>Fails reads by chance, until <see cref="Clear"/>.</summary>
    /// <inheritdoc cref="FailCommits" path="/param"/>
    public void FailReads(double probability, int seed, ErrorCode code = ErrorCode.TransactionTooOld) =>
        Plan(_readPlan, probability, seed, code);

    /// <summary>The next commit begins when so much time has passed by the <see cref="TestClock"/>.</summary>
    public void DelayNextCommit(TimeSpan delay) => Plan(_commitPlan, new Fault(null, delay, IsCommitted: true), 1);

    /// <summary>The next read begins when so much time has passed by the <see cref="TestClock"/>.</summary>
    public void DelayNextRead(TimeSpan delay) => Plan(_readPlan, new Fault(null, delay, IsCommitted: true), 1);

    /// <summary>From now on nothing fails. The counts stay.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _commitPlan.Clear();
            _readPlan.Clear();
        }
    }

    /// <summary>Nothing fails and nothing counts until what is returned is disposed.</summary>
    internal IDisposable Suspend()
    {
        lock (_gate)
            _suspensions++;
        return new Suspension(this);
    }

    /// <summary>Counts a commit and says what becomes of it; null is nothing special.</summary>
    internal Fault? NextCommit()
    {
        lock (_gate)
        {
            if (_suspensions > 0)
                return null;
            Commits++;
            return Next(_commitPlan);
        }
    }

    /// <summary>Counts a read and says what becomes of it; null is nothing special.</summary>
    internal Fault? NextRead()
    {
        lock (_gate)
        {
            if (_suspensions > 0)
                return null;
            Reads++;
            return Next(_readPlan);
        }
    }

    private Fault? Next(FaultPlan plan)
    {
        var fault = plan.Next();
        if (fault is not null)
            Injected++;
        return fault;
    }

    private void Plan(FaultPlan plan, Fault fault, int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fault.Delay, TimeSpan.Zero);
        lock (_gate)
            plan.Add(fault, times);
    }

    private void Plan(FaultPlan plan, double probability, int seed, ErrorCode code)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        lock (_gate)
            plan.Set(probability, new Random(seed), new Fault(code, default, IsCommitted: false));
    }

    private sealed class Suspension(TestFaults faults) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            lock (faults._gate)
            {
                if (!_isOver)
                    faults._suspensions--;
                _isOver = true;
            }
        }
    }
}
