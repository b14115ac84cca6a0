using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FerrisDB.Server;
using FerrisDB.Testing;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Hosting;

/// <summary>Systemd hears of a server as long as it answers.</summary>
public sealed class ServiceWatchdogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-watchdog-");
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        ReceiveTimeout = 20_000,
    };

    private readonly ServiceNotifier _notifier;
    private readonly TestClock _clock = new();

    public ServiceWatchdogTests()
    {
        var path = Path.Combine(_folder.FullName, "notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(path));
        _notifier = ServiceNotifier.Open(path);
    }

    public void Dispose()
    {
        _notifier.Dispose();
        _systemd.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void It_is_told_twice_in_the_time_that_silence_is_borne_and_not_by_a_server_that_hangs()
    {
        var hung = new TaskCompletionSource();
        var answer = Task.CompletedTask;
        using var watchdog = ServiceWatchdog.Start(_notifier, Patience, () => answer, _clock);
        Assert.Equal("WATCHDOG=1", Receive());
        answer = Task.FromException(new IOException("The disk is broken."));
        _clock.Advance(Patience / 2);
        Assert.Equal("WATCHDOG=1", Receive());

        answer = hung.Task;
        _clock.Advance(Patience * 10);

        Assert.Equal(0, _systemd.Available);
    }

    [Fact]
    public void A_time_out_is_no_answer()
    {
        var answer = Task.FromException(new FerrisException(ErrorCode.TimedOut, "Nobody has answered."));
        using var watchdog = ServiceWatchdog.Start(_notifier, Patience, () => answer, _clock);

        Assert.Equal(0, _systemd.Available);
        answer = Task.CompletedTask;
        _clock.Advance(Patience / 2);
        Assert.Equal("WATCHDOG=1", Receive());
    }

    [Fact]
    public void A_server_that_is_told_to_stop_says_so_and_nothing_after_it()
    {
        using var watchdog = ServiceWatchdog.Start(_notifier, Patience, static () => Task.CompletedTask, _clock);
        Assert.Equal("WATCHDOG=1", Receive());

        watchdog.Dispose();
        _clock.Advance(Patience * 10);

        Assert.Equal(0, _systemd.Available);
    }

    [Fact]
    public async Task A_server_answers_itself()
    {
        await using var server = await TestServer.StartAsync();

        await server.Server.AnswerAsync();
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData("", false, null)]
    [InlineData("nonsense", false, null)]
    [InlineData("0", false, null)]
    [InlineData("60000000", false, 60.0)]
    [InlineData("60000000", true, null)]
    public void How_long_silence_is_borne_is_in_the_environment(
        string? microseconds, bool isOfAnother, double? seconds)
    {
        var process = (Environment.ProcessId + (isOfAnother ? 1 : 0)).ToString(CultureInfo.InvariantCulture);

        Assert.Equal(seconds, ServiceWatchdog.PatienceOf(microseconds, process)?.TotalSeconds);
        if (!isOfAnother)
            Assert.Equal(seconds, ServiceWatchdog.PatienceOf(microseconds, null)?.TotalSeconds);
    }

    private string Receive()
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer));
    }
}
