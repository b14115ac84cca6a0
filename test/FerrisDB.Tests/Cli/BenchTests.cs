using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class BenchTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Every_workload_runs_and_touches_the_entries_that_it_says()
    {
        string[] names = [.. BenchWorkload.All.Select(workload => workload.Name)];

        var result = _cli.AnswerInJson(
            ["bench", "--entries", "400", "--threads", "2", "--data", _cli.Database, "--workload", .. names]);

        var rows = result.GetProperty("workloads").EnumerateArray().ToList();
        Assert.Equal(names, rows.Select(row => row.GetProperty("workload").GetString()));
        long Touched(string name) => rows[Array.IndexOf(names, name)].GetProperty("entriesTouched").GetInt64();
        Assert.Equal(400, Touched("fillseq"));
        Assert.Equal(400, Touched("fillbatch"));
        Assert.Equal(400, Touched("readrandom"));
        Assert.Equal(0, Touched("readmissing"));
        Assert.Equal(400, Touched("readhot"));
        Assert.Equal(400, Touched("readseq"));
        Assert.Equal(400, Touched("readreverse"));
        Assert.InRange(Touched("seekrandom"), 250, 400);
        Assert.Equal(160, Touched("tx-10"));
        Assert.InRange(Touched("tx-read"), 1, 1600);
        Assert.Equal(200, Touched("tx-bank"));
        Assert.False(rows[0].TryGetProperty("conflicts", out _));
        Assert.True(rows[Array.IndexOf(names, "tx-bank")].GetProperty("conflicts").GetInt64() >= 0);
    }

    [Fact]
    public void A_benchmark_leaves_nothing_behind_and_never_writes_into_a_folder_in_use()
    {
        var result = _cli.Run("bench", "--entries", "10", "--workload", "fillrandom");
        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("fillrandom", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Path.GetTempPath(), $"ferrisdb-bench-{Environment.ProcessId}")));

        _cli.Answer("set", _cli.Database, "a", "1");
        Assert.Equal(ExitCode.Usage, _cli.Run("bench", "--data", _cli.Database).Code);
    }

    [Fact]
    public void Percentiles_are_right_to_six_percent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 100_000; i++)
            histogram.Add(i * 10L);

        Assert.InRange(histogram.Percentile(0.5).TotalNanoseconds, 500_000 * 0.99, 500_000 * 1.07);
        Assert.InRange(histogram.Percentile(0.999).TotalNanoseconds, 999_000 * 0.99, 999_000 * 1.07);
        Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.5));
    }

    [Fact]
    public void Few_numbers_are_picked_often_and_all_are_below_the_count()
    {
        var random = new Random(1);
        var zipfian = new ZipfianKeys(1000);

        var picks = Enumerable.Range(0, 20_000).Select(_ => zipfian.Pick(random.NextDouble())).ToList();

        Assert.All(picks, pick => Assert.InRange(pick, 0, 999));
        var largest = picks.CountBy(pick => pick).Select(pair => pair.Value).OrderDescending().ToList();
        Assert.InRange(largest[0], 2000, 4000);
        Assert.InRange(largest.Take(10).Sum(), 6000, 12_000);
    }
}
