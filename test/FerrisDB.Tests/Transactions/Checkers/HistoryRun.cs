using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Engine;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

/// <summary>
/// A random workload of open transactions on one thread, whose calls the seed interleaves; with closing, crashes and
/// hours that pass in between, if there is a disk. All that happens comes from the seed.
/// </summary>
internal sealed class HistoryRun : IDisposable
{
    private const int OpenMax = 6;

    private readonly int _seed;
    private readonly Random _random;
    private readonly FakeTimeProvider _clock = new();
    private readonly RandomTransaction?[] _open = new RandomTransaction?[OpenMax];
    private readonly DateTimeOffset[] _begunAt = new DateTimeOffset[OpenMax];
    private ManualScheduler _scheduler;
    private CrashableFileSystem? _disk;
    private History _history = new();
    private HistoryChecker _checker;
    private Database _database;
    private bool _isChecked;
    private long _recoveredVersion;

    public HistoryRun(int seed, bool inMemory)
    {
        _seed = seed;
        _random = new Random(seed);
        _scheduler = new ManualScheduler(seed);
        _disk = inMemory ? null : new CrashableFileSystem(seed);
        _database = Open();
        _checker = new HistoryChecker(Name, 0, []);
    }

    /// <summary>Transactions of all lives that have been checked.</summary>
    public int CheckedCount { get; private set; }

    public int CommittedCount { get; private set; }

    public int ConflictCount { get; private set; }

    private string Name => $"seed {_seed}, {(_disk is null ? "memory" : "folder")}";

    public void Play(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            try
            {
                Step();
            }
            catch (Exception error) when (_disk is { PowerFailed: true } && error is not Xunit.Sdk.XunitException)
            {
                Recover(_random.Next(2) == 0 ? CrashKind.PowerFailure : CrashKind.PowerFailureLosesUnsynced);
            }
        }
        // Background work may have met the failure, and nobody since.
        if (_disk is { PowerFailed: true })
            Recover(CrashKind.PowerFailure);
        _disk?.PowerFailsAt = long.MaxValue;
        CloseAndCheck();
        Reopen(_checker.LastVersion, isExact: true);
    }

    // A run that failed without power must say why it failed, and not that it has no power.
    public void Dispose() => Abandon(_database);

    private void Step()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(40)));
        if (_random.Next(200) == 0)
            Grow();
        if (_random.Next(3) == 0)
            _scheduler.RunOneStep();
        if (_disk is not null && _random.Next(400) == 0)
            Interrupt();
        var slot = _random.Next(OpenMax);
        if (_open[slot] is not { } transaction)
        {
            _begunAt[slot] = _clock.GetUtcNow();
            _open[slot] = new RandomTransaction(_database, _history, _random);
            return;
        }
        transaction.Record.MayBeTooOld |= _clock.GetUtcNow() - _begunAt[slot] >= TimeSpan.FromSeconds(4.8);
        switch (_random.Next(8))
        {
            case < 6:
                Finish(transaction.StepAsync());
                break;
            default:
                if (_random.Next(10) == 0)
                    Finish(transaction.ReadAllAsync());
                Finish(transaction.CommitAsync(DurabilityOfCommit()));
                Close(slot);
                break;
        }
    }

    // Whoever is under way has become too old then, unless nobody writes.
    private void Grow() => _clock.Advance(TimeSpan.FromSeconds(_random.Next(1, 12)));

    private Durability DurabilityOfCommit() => _random.Next(4) switch
    {
        0 => Durability.None,
        1 => Durability.Process,
        _ => Durability.Sync,
    };

    private void Interrupt()
    {
        switch (_random.Next(3))
        {
            case 0:
                CloseAndCheck();
                Reopen(_checker.LastVersion, isExact: true);
                break;
            case 1:
                Recover(CrashKind.ProcessKilled);
                break;
            default:
                _disk!.PowerFailsAt = _disk.OperationCount + _random.Next(60);
                break;
        }
    }

    private void Recover(CrashKind kind)
    {
        CloseAll();
        Check();
        var survives = kind == CrashKind.ProcessKilled ? Durability.Process : Durability.Sync;
        var acknowledged = _history.Transactions
            .Where(each => each.Outcome == HistoryOutcome.Committed && Survives(each.Durability, survives))
            .Select(each => each.CommitVersion).Append(_recoveredVersion).Max();
        var crashed = _database;
        _disk = _disk!.AfterRestart(kind);
        Abandon(crashed);
        Reopen(acknowledged, isExact: false);
    }

    private static bool Survives(Durability durability, Durability needed) =>
        durability == Durability.Sync || (durability == needed && needed == Durability.Process);

    private static void Abandon(Database crashed)
    {
        try
        {
            crashed.Dispose();
        }
        catch (Exception error) when (error is PowerFailureException or FerrisException or AggregateException)
        {
            // There is no power to close it with.
        }
    }

    private void CloseAndCheck()
    {
        CloseAll();
        Check();
        Finish(_database.DisposeAsync());
    }

    // The power may fail behind it, before the next life has begun.
    private void Check()
    {
        if (_isChecked)
            return;
        _isChecked = true;
        var transactions = _history.Transactions;
        _checker.Check(transactions);
        CheckedCount += transactions.Count;
        CommittedCount += transactions.Count(each => each.CommitVersion >= 0);
        ConflictCount += transactions.Count(each => each.Outcome == HistoryOutcome.NotCommitted);
    }

    // What must be there is the state at a version that is not older than what was acknowledged, or that and the one
    // transaction whose commit was under way.
    private void Reopen(long acknowledged, bool isExact)
    {
        if (_disk is null)
            return;
        _scheduler = new ManualScheduler(_seed);
        _database = Open();
        var version = _database.Storage.LastVersion;
        if (version > _checker.LastVersion)
        {
            var unknown = _history.Transactions.SingleOrDefault(each => each.Outcome == HistoryOutcome.Unknown);
            Assert.True(unknown is not null && !isExact, $"{Name}: recovered version {version} that nobody wrote");
            unknown.CommitVersion = version;
            _checker.Commit(unknown);
        }
        Assert.True(version >= acknowledged, $"{Name}: version {acknowledged} was acknowledged, {version} is there");
        _recoveredVersion = version;
        _isChecked = false;
        _history = new History();
        _checker = new HistoryChecker(Name, version, _checker.RowsAt(version));
        using var reader = new RandomTransaction(_database, _history, _random);
        Finish(reader.ReadAllAsync());
        _checker.Check(_history.Transactions);
    }

    private Database Open()
    {
        var options = new DatabaseOptions
        {
            Seed = _seed,
            TransactionTimeout = TimeSpan.Zero,
            Storage = new StorageOptions
            {
                Scheduler = _scheduler,
                TimeProvider = _clock,
                MemoryBudgetBytes = 1 << 20,
                MemTableBytes = 4096,
                BlockSizeBytes = 512,
                TableSizeBytes = 2048,
                L1SizeBytes = 4096,
                L0CompactionTrigger = 2,
                LargeValueBytesMin = _seed % 2 == 0 ? 0 : 150,
                WalSegmentFirstBytes = 4096,
                WalSegmentLargestBytes = 8192,
            },
        };
        return _disk is null
            ? Database.OpenInMemory(options)
            : Database.Open("db", options with { Storage = options.Storage with { FileSystem = _disk } });
    }

    private void CloseAll()
    {
        for (var slot = 0; slot < OpenMax; slot++)
            Close(slot);
    }

    private void Close(int slot)
    {
        _open[slot]?.Dispose();
        _open[slot] = null;
    }

    private void Finish(ValueTask work) => HandDriven.Finish(work, _scheduler);
}
