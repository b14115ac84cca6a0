using FerrisDB.Cli;
using FerrisDB.Server;
using FerrisDB.TestKit;
using FerrisDB.Tests.Cli;
using FerrisDB.Tests.Network;
using Spectre.Console;

namespace FerrisDB.Tests.Server;

/// <summary>The view that is drawn again and again.</summary>
public sealed class TopTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Without_a_terminal_it_is_a_line_for_each_look()
    {
        await using var server = await TestServer.StartAsync();

        var lines = _cli.Run("top", server.ConnectionString, "--count", "1").Lines;

        Assert.Equal(TopLines.Header, lines[0]);
        Assert.StartsWith("00:00:00  healthy         1  ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public void Lines_and_header_stand_in_the_same_columns() => Assert.Equal(
        TopLines.Header.Length, TopLines.Of(TopSample.Of(null, StatusTextTests.Sample()), DateTimeOffset.UnixEpoch)
            .Length);

    [Fact]
    public void A_screen_is_drawn_as_the_golden_file_says()
    {
        var screen = new TopScreen();
        var before = StatusTextTests.Sample();
        screen.Add(TopSample.Of(null, before));
        for (var second = 1; second <= 4; second++)
        {
            var now = Later(before, second * 1_000);
            screen.Add(TopSample.Of(before, now));
            before = now;
        }

        GoldenFile.Check("top.txt", Drawn(screen));
    }

    [Fact]
    public void Rates_are_of_the_time_between_two_looks_and_of_the_server_that_was_started_again_alone()
    {
        var first = StatusTextTests.Sample();
        var sample = TopSample.Of(first, Later(first, 500));
        Assert.Equal((500, 250), (sample.Reads, sample.Commits));

        var restarted = first with { Server = first.Server! with { UptimeSeconds = 0.5 } };
        Assert.Equal(first.Roles!.Storage.GetsPerSecond + first.Roles.Storage.RangesPerSecond,
            TopSample.Of(first, restarted).Reads);
    }

    [Theory]
    [InlineData("", new double[0])]
    [InlineData("   ", new double[] { 0, 0, 0 })]
    [InlineData(" ▁▄█", new double[] { 0, 0.1, 2, 4 })]
    public void Bars_are_as_high_as_their_share_of_the_highest(string bars, double[] values) =>
        Assert.Equal(bars, TopScreen.Spark(values));

    private static ServerStatus Later(ServerStatus before, long reads) => before with
    {
        Server = before.Server! with { UptimeSeconds = before.Server.UptimeSeconds + 1 },
        Roles = before.Roles! with
        {
            Storage = before.Roles.Storage with { Gets = before.Roles.Storage.Gets + reads },
            CommitProxy = before.Roles.CommitProxy with
            {
                Committed = before.Roles.CommitProxy.Committed + (reads / 2),
            },
        },
    };

    private static string Drawn(TopScreen screen)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 100;
        console.Write(screen.Draw());
        return string.Concat(text.ToString().Split('\n').Select(line => line.TrimEnd() + "\n"));
    }
}
