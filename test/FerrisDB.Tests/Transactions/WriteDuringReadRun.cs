using FerrisDB.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// As FoundationDB's test of this name, with the checker of histories for the model: a step is noted when it is called,
// so what a read must have seen is the writes that stand before it in the list, whenever its answer came.

/// <summary>
/// Some transactions on one thread that write, commit and are reset while their reads and commits are under way. All
/// that happens comes from the seed.
/// </summary>
internal sealed class WriteDuringReadRun : IDisposable
{
    private const int OpenCount = 3;

    private readonly Random _random;
    private readonly bool _isOdd;
    private readonly ManualScheduler _scheduler;
    private readonly QueueContext _continuations = new();
    private readonly History _history = new();
    private readonly Database _database;
    private readonly DelayedCluster _cluster;
    private readonly List<ImpatientTransaction> _all = [];
    private readonly ImpatientTransaction[] _open = new ImpatientTransaction[OpenCount];
    private readonly WriteDuringReadLog _log;

    public WriteDuringReadRun(int seed)
    {
        _log = new WriteDuringReadLog($"seed {seed}");
        _isOdd = seed % 2 == 0;
        _random = new Random(seed);
        _scheduler = new ManualScheduler(seed);
        DelayedCluster? cluster = null;
        _database = Database.OpenInMemory(
            new DatabaseOptions
            {
                Seed = seed,
                TransactionTimeout = TimeSpan.Zero,
                MaxRetryDelay = TimeSpan.Zero,
                Storage = new FerrisDB.Storage.StorageOptions
                {
                    Scheduler = _scheduler,
                    TimeProvider = new FakeTimeProvider(),
                },
            },
            inner => cluster = new DelayedCluster(inner, _random));
        _cluster = cluster!;
        for (var slot = 0; slot < OpenCount; slot++)
            Open(slot);
    }

    public int CommittedCount => _history.Transactions.Count(each => each.CommitVersion >= 0);

    public int ReadCount => _history.Transactions.Sum(each => each.Steps.Count(step => step.IsRead));

    // On a thread where neither the test runner nor the thread pool decides who goes on when.
    public void Play(int steps) => Task.Factory.StartNew(
        () => PlayHere(steps), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .GetAwaiter().GetResult();

    public void Dispose()
    {
        foreach (var transaction in _open)
            transaction.Dispose();
        _database.Dispose();
    }

    private void PlayHere(int steps)
    {
        SynchronizationContext.SetSynchronizationContext(_continuations);
        for (var step = 0; step < steps; step++)
        {
            Step();
            _continuations.RunAll();
        }
        while (_cluster.AnswerOne() || _scheduler.RunOneStep() || _continuations.RunAll())
        {
        }
        foreach (var transaction in _all)
            transaction.AssertEnded();
        _cluster.IsPrompt = true;
        using var reader = new RandomTransaction(_database, _history, _random);
        var reading = reader.ReadAllAsync();
        Assert.True(reading.IsCompletedSuccessfully);
        new HistoryChecker(_log.Name, 0, []).Check(_history.Transactions);
    }

    private void Step()
    {
        if (_random.Next(5) < 2 && _cluster.AnswerOne())
            return;
        var slot = _random.Next(OpenCount);
        if (_random.Next(150) == 0)
        {
            _open[slot].Dispose();
            Open(slot);
        }
        _open[slot].Step();
    }

    private void Open(int slot)
    {
        _open[slot] = new ImpatientTransaction(_database, _history, _random, _log, _all.Count, _isOdd);
        _all.Add(_open[slot]);
    }
}
