using Contacts;
using FerrisDB.Layers;
using FerrisDB.Testing;
using Jobs;
using Leaderboard;

namespace FerrisDB.Tests.Samples;

/// <summary>The samples run, and what they claim holds when commits conflict.</summary>
public sealed class SamplesTests : IDisposable
{
    private const int Seed = 20;

    private readonly TestDatabase _test = new();
    private readonly StringWriter _output = new();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _output.Dispose();
    }

    [Theory, InlineData(0), InlineData(0.3)]
    public async Task Every_job_is_done_once(double conflicts)
    {
        _test.Faults.FailCommits(conflicts, Seed);

        var done = await Jobs.Demo.RunAsync(_test, TextWriter.Synchronized(_output));

        Assert.Equal(20, done.Sum());
        var jobs = Lines().Select(line => line.Split(' ')[^1]).ToList();
        Assert.Equal(20, jobs.Distinct().Count());
        // Only the signal is left.
        Assert.Single(await _test.GetContentsAsync());
    }

    [Fact]
    public async Task Jobs_come_out_in_the_order_in_which_they_went_in()
    {
        var queue = new JobQueue(_test, new Subspace("jobs"));
        foreach (var job in (string[])["first", "second", "third"])
            await queue.EnqueueAsync(job);
        await _test.AssertRetriesAsync(async _ => Assert.Equal("first", await queue.DequeueAsync(Cancellation)));
        Assert.Equal("second", await queue.DequeueAsync(Cancellation));
        Assert.Equal("third", await queue.DequeueAsync(Cancellation));

        var waiting = queue.DequeueAsync(Cancellation);
        Assert.False(waiting.IsCompleted);
        await queue.EnqueueAsync("fourth");
        Assert.Equal("fourth", await waiting);
    }

    [Fact]
    public async Task The_index_of_contacts_follows_them()
    {
        await Contacts.Demo.RunAsync(_test, _output);

        Assert.Equal(["in London: Ada", "London: 1", "Manchester: 1", "New York: 1"], Lines());
    }

    [Fact]
    public async Task The_index_agrees_with_the_rows_whatever_conflicts_and_whatever_is_done_twice()
    {
        var book = new ContactBook(new Subspace("contacts"));
        _test.Faults.FailCommits(0.2, Seed, ErrorCode.CommitUnknownResult);
        var random = new Random(Seed);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            var id = random.Next(10);
            var city = $"city {random.Next(3)}";
            await Task.Yield();
            if (city == "city 0")
                await _test.Database.RunAsync(transaction => book.RemoveAsync(transaction, id), Cancellation);
            else
                await _test.Database.RunAsync(
                    transaction => book.SaveAsync(transaction, id, new Contact($"{id}", city)), Cancellation);
        }));

        using var now = _test.Database.TakeSnapshot();
        var rows = new Subspace("contacts")["row"];
        var cities = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await foreach (var row in now.GetRange(rows.Range()).WithCancellation(Cancellation))
        {
            var city = (await book.FindAsync(now, rows.Unpack<long>(row.Key.Span)))!.City;
            cities[city] = cities.GetValueOrDefault(city) + 1;
        }
        Assert.Equal(cities, await book.CountByCityAsync(now));
    }

    [Fact]
    public async Task Points_of_games_that_end_at_once_are_all_counted()
    {
        await Leaderboard.Demo.RunAsync(_test, _output);

        Assert.Equal(
            ["100 games", "grace: 1275, best 99", "barbara: 1250, best 98", "alan: 1225, best 97"], Lines());
        // Nobody conflicted.
        Assert.Equal(100, _test.Faults.Commits);
    }

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
