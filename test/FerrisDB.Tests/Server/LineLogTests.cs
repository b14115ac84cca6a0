using System.Text.Json;
using FerrisDB.Server;
using FerrisDB.Tests.Network;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>What a server logs, and how it looks.</summary>
public sealed class LineLogTests : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly LogLevelSwitch _level = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose() => _text.Dispose();

    [Fact]
    public void A_line_for_people_has_time_level_category_and_message()
    {
        ServerEvents.Stalled(Log(LogFormat.Text), "L0Tables");

        Assert.Equal("2030-01-02T03:04:05.000Z warning  test: writers are held up: L0Tables\n", _text.ToString());
    }

    [Fact]
    public void A_line_for_machines_has_the_parts_of_the_message_as_members()
    {
        ServerEvents.Damaged(Log(LogFormat.Json), "7.sst", 42, "the checksum is wrong");

        using var line = JsonDocument.Parse(_text.ToString());
        Assert.Equal("7.sst is damaged at 42: the checksum is wrong", Member("message").GetString());
        Assert.Equal(("error", "7.sst", 42), (
            Member("level").GetString(), Member("file").GetString(), Member("offset").GetInt64()));

        JsonElement Member(string name) => line.RootElement.GetProperty(name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_in_a_message_makes_it_two_lines(bool isJson)
    {
        var log = Log(isJson ? LogFormat.Json : LogFormat.Text);

        ServerEvents.WritesStopped(log, "first\nsecond\r\nthird");

        Assert.Equal(1, _text.ToString().Count(letter => letter is '\n' or '\r'));
    }

    [Fact]
    public void The_level_can_be_turned_while_it_logs()
    {
        var log = Log(LogFormat.Text);
        ServerEvents.Connected(log, "a", 1);
        Assert.Equal("", _text.ToString());

        Assert.True(_level.TrySet("debug"));
        ServerEvents.Connected(log, "b", 2);

        Assert.Contains("connection from b; 2 now", _text.ToString(), StringComparison.Ordinal);
        Assert.False(_level.TrySet("loud"));
        Assert.Equal("debug", _level.Name);
    }

    [Fact]
    public async Task A_server_tells_of_a_slow_transaction_and_its_keys()
    {
        var log = Log(LogFormat.Text, out var loggers);
        await using (var server = await TestServer.StartAsync(serverOptions: new ServerOptions
        {
            Loggers = loggers,
            SlowTransaction = TimeSpan.FromTicks(1),
        }))
        {
            await using var client = server.Connect();
            await client.RunAsync(transaction => transaction.Set("some/key"u8, "value"u8));
        }

        Assert.NotNull(log);
        Assert.Contains("slow transaction: ", _text.ToString(), StringComparison.Ordinal);
        Assert.Contains("wrote 1 (some/key), 1 mutations", _text.ToString(), StringComparison.Ordinal);
    }

    private ILogger Log(LogFormat format) => Log(format, out _);

    private ILogger Log(LogFormat format, out ILoggerFactory loggers)
    {
        var provider = new LineLog(_text, format, _level, _clock);
        loggers = LoggerFactory.Create(building => building.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
        return loggers.CreateLogger("test");
    }
}
