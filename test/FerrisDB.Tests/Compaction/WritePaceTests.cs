using FerrisDB.Storage;

namespace FerrisDB.Tests.Compaction;

// A writer that overwrites as fast as it may, and a compaction that reads so many bytes a second, in a tree that exists
// in memory alone. Time is what the writer's allowed rate makes of the bytes of each flush.
public sealed class WritePaceTests
{
    private const double UnhinderedBytesPerSecond = 500 << 20;
    private const double CompactionBytesPerSecond = 20 << 20;
    private const int Flushes = 1500;

    private readonly StorageOptions _options = new()
    {
        L1SizeBytes = 20_000,
        TableSizeBytes = 10_000,
        LevelSizeMultiplier = 4,
        L0SlowdownTables = 100_000, // so that debt alone decides
        L0StopTables = 200_000,
        CompactionDebtSlowdownBytes = 300_000,
        CompactionDebtLimitBytes = 1_200_000,
    };

    private readonly List<double> _rates = [];
    private double _busySeconds;
    private double _seconds;
    private long _largestBytes;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Writers_and_compaction_meet_without_oscillation(int seed)
    {
        Run(seed, heedsDebt: true);

        var settled = _rates.Skip(Flushes / 2).Order().ToList();
        Assert.True(settled[^1] < UnhinderedBytesPerSecond, $"seed {seed}: writers were let go at full speed again");
        var (slow, fast) = (settled[settled.Count / 20], settled[^(settled.Count / 20)]);
        Assert.True(fast / slow < 8, $"seed {seed}: from {slow:0} to {fast:0} bytes a second");
        Assert.True(_busySeconds > 0.9 * _seconds, $"seed {seed}: compaction idled, {_busySeconds} of {_seconds} s");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sustained_overwrites_take_bounded_space(int seed)
    {
        Run(seed, heedsDebt: true);
        Assert.True(_largestBytes < 1_500_000, $"seed {seed}: {_largestBytes} bytes of tables for 200 keys of 1 kB");
    }

    // The two tests above would notice if debt slowed nobody down.
    [Fact]
    public void Without_heed_to_debt_space_grows_without_bound()
    {
        Run(seed: 1, heedsDebt: false);
        Assert.True(_largestBytes > 3_000_000, $"{_largestBytes} bytes of tables");
        Assert.Equal(UnhinderedBytesPerSecond, _rates[^1]);
    }

    private void Run(int seed, bool heedsDebt)
    {
        var model = new TreeModel(_options, seed);
        CompactionPlan? running = null;
        var bytesLeft = 0.0;
        for (var flush = 0; flush < Flushes; flush++)
        {
            var before = model.Tables.SizeBytes;
            model.Flush();
            var written = model.Tables.SizeBytes - before;
            var debt = heedsDebt ? CompactionDebt.EstimateBytes(model.Tables, _options) : 0;
            var pressure = WritePressure.OfTables(model.Tables.Level(0).Length, debt, _options);
            var rate = Math.Min(UnhinderedBytesPerSecond, pressure.BytesPerSecond);
            _rates.Add(rate);
            _largestBytes = Math.Max(_largestBytes, model.Tables.SizeBytes);

            var seconds = written / rate;
            _seconds += seconds;
            var canRead = seconds * CompactionBytesPerSecond;
            while (canRead > 0)
            {
                if (running is null)
                {
                    running = model.TryStart();
                    if (running is null)
                        break;
                    bytesLeft = running.IsTrivialMove || running.DropsWithoutReading ? 0 : running.SizeBytes;
                }
                var read = Math.Min(canRead, bytesLeft);
                canRead -= read;
                bytesLeft -= read;
                _busySeconds += read / CompactionBytesPerSecond;
                if (bytesLeft > 0)
                    break;
                model.Finish();
                running = null;
            }
        }
    }
}
