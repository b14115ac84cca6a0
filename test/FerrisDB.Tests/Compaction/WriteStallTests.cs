using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Compaction;

public sealed class WriteStallTests
{
    private const long MiB = 1 << 20;
    private const double MiBs = MiB;

    private readonly JumpingClock _clock = new();
    private readonly List<WriteStallReason> _told = [];
    private readonly StorageOptions _options;
    private readonly WriteStall _stall;

    public WriteStallTests()
    {
        var events = new StorageEventHub();
        events.Raised += raised => _told.Add(((WriteStallChanged)raised).Reason);
        _options = new StorageOptions { TimeProvider = _clock, MemTableBytes = 64 * MiB };
        _stall = new WriteStall(_options, events);
    }

    [Fact]
    public void Nothing_is_waited_for_while_nothing_is_behind()
    {
        _stall.Update(_options.SealedMemTablesMax - 1, _options.L0SlowdownTables - 1, Debt(0) - 1);
        Write(1000 * MiB, fill: 0.99);

        Assert.Equal((0, TimeSpan.Zero, WriteStallReason.None), (_stall.WaitCount, _stall.Waited, _stall.Reason));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(0.5, 8)]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    public void Debt_slows_writers_down_smoothly_and_says_so(double behind, double expectedMiBs)
    {
        _stall.Update(0, 0, Debt(behind));
        var rate = RateOf(writes: 2000, bytesEach: 4000);
        Assert.Equal(WriteStallReason.CompactionDebt, _stall.Reason);
        Assert.InRange(rate / MiBs, expectedMiBs * 0.95, expectedMiBs * 1.1);
        Assert.Equal([WriteStallReason.CompactionDebt], _told);

        _stall.Update(0, 0, 0);
        _stall.RaiseIfOver();

        Assert.Equal([WriteStallReason.CompactionDebt, WriteStallReason.None], _told);
    }

    [Fact]
    public void Tables_of_L0_slow_writers_down_by_equal_factors()
    {
        var rates = Enumerable.Range(_options.L0SlowdownTables, 12).Select(count =>
        {
            _stall.Update(0, count, 0);
            return RateOf(writes: 5000, bytesEach: 4000);
        }).ToList();

        Assert.Equal(WriteStallReason.L0Tables, _stall.Reason);
        foreach (var (faster, slower) in rates.Zip(rates.Skip(1)))
            Assert.InRange(faster / slower, 1.3, 1.55); // the twelfth part of six halvings: 1.41
    }

    [Fact]
    public void What_asks_for_the_slowest_rate_is_the_reason()
    {
        _stall.Update(0, _options.L0SlowdownTables, Debt(0.1));
        Assert.Equal(WriteStallReason.CompactionDebt, _stall.Reason);
        _stall.Update(0, _options.L0StopTables - 1, Debt(0.1));
        Assert.Equal(WriteStallReason.L0Tables, _stall.Reason);
    }

    // Whatever is behind, however far, and whatever is written: single entries or batches of megabytes.
    [Fact]
    public void No_write_is_slowed_down_by_more_than_ten_milliseconds()
    {
        var random = new Random(5);
        for (var step = 0; step < 5000; step++)
        {
            _stall.Update(
                random.Next(_options.SealedMemTablesMax + 1), random.Next(_options.L0StopTables),
                Debt(random.NextDouble() * 2 - 1));
            var before = _clock.Now;
            Write(1 << random.Next(25), fill: random.NextDouble());
            Assert.InRange(_clock.Now - before, TimeSpan.Zero, WriteStall.LongestSlowdown);
        }
        Assert.Equal(WriteStall.LongestSlowdown, _stall.LongestWait);
        Assert.InRange(_stall.WaitCount, 100, 5000);
    }

    // Memory is what ends here, so it must last for a flush of seconds.
    [Fact]
    public void The_last_MemTable_fills_more_and_more_slowly_instead_of_stopping_writers()
    {
        _stall.Update(_options.SealedMemTablesMax, 0, 0);
        var began = _clock.Now;
        for (var filled = 0L; filled < 64 * MiB; filled += 10_000)
            Write(10_000, fill: filled / (64.0 * MiB));

        Assert.InRange(_clock.Now - began, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.InRange(_stall.LongestWait, TimeSpan.FromMilliseconds(1), WriteStall.LongestSlowdown);
        Assert.Equal([WriteStallReason.SealedMemTables, WriteStallReason.None], _told.Take(2));
    }

    [Fact]
    public void Writes_that_are_slower_than_allowed_are_not_held_up()
    {
        _stall.Update(0, 0, Debt(1));
        for (var second = 0; second < 100; second++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            Write(10_000);
        }
        Assert.Equal(0, _stall.WaitCount);
    }

    [Fact]
    public async Task A_slowdown_ends_at_once_when_its_reason_is_gone()
    {
        var options = new StorageOptions { TimeProvider = new FakeTimeProvider() };
        var stall = new WriteStall(options, new StorageEventHub());
        stall.Update(0, 0, long.MaxValue);
        var writing = stall.EnterAsync(1 << 20, needsMemTable: false, fill: 0);
        Assert.False(writing.IsCompleted);

        stall.Update(0, 0, 0);

        await writing;
        Assert.Equal(WriteStallReason.None, stall.Reason);
    }

    private long Debt(double behind) => _options.CompactionDebtSlowdownBytes
        + (long)(behind * (_options.CompactionDebtLimitBytes - _options.CompactionDebtSlowdownBytes));

    private double RateOf(int writes, int bytesEach)
    {
        var began = _clock.Now;
        for (var write = 0; write < writes; write++)
            Write(bytesEach);
        return (long)writes * bytesEach / (_clock.Now - began).TotalSeconds;
    }

    private void Write(long bytes, double fill = 0)
    {
        var writing = _stall.EnterAsync(bytes, needsMemTable: false, fill);
        Assert.True(writing.IsCompletedSuccessfully);
        writing.GetAwaiter().GetResult();
    }
}
