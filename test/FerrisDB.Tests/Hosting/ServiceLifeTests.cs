using FerrisDB.Cli;
using FerrisDB.Server;

namespace FerrisDB.Tests.Hosting;

/// <summary>
/// What the service control manager of Windows would see: calls that last until it serves, or has stopped.
/// </summary>
public sealed class ServiceLifeTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-service-");
    private readonly List<TimeSpan> _asked = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_service_that_has_started_serves_and_one_that_has_stopped_has_closed_its_database()
    {
        using var console = Console();
        var life = new ServiceLife(host => ServeRun.ServeAsync(Configuration("127.0.0.1:0"), console, host));

        life.Start(_asked.Add);
        await using (var client = Database.Connect(Path.Combine(_folder.FullName, "fdb.cluster")))
            await client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        life.Stop(_asked.Add);

        Assert.Equal(ExitCode.Ok, life.ExitCode);
        Assert.Null(life.Failure);
        using var database = Database.Open(_folder.FullName);
        var found = await database.RunAsync(transaction => transaction.GetAsync("a"u8));
        Assert.Equal("1"u8.ToArray(), found);
    }

    [Fact]
    public void A_service_that_cannot_start_says_why()
    {
        using var console = Console();
        var life = new ServiceLife(host => ServeRun.ServeAsync(Configuration("192.0.2.1:1"), console, host));

        var refusal = Assert.Throws<FerrisException>(() => life.Start(_asked.Add));

        Assert.Equal(ErrorCode.InvalidOptionValue, refusal.Code);
        Assert.True(life.Ended.IsCompleted);
        Assert.Null(life.ExitCode);
    }

    [Fact]
    public async Task A_service_that_an_admin_stops_has_ended()
    {
        using var console = Console();
        var life = new ServiceLife(host => ServeRun.ServeAsync(Configuration("127.0.0.1:0"), console, host));
        life.Start(_asked.Add);

        var killed = CliRunner.Run(["kill", Path.Combine(_folder.FullName, "fdb.cluster")], console);
        await life.Ended.WaitAsync(Bound);

        Assert.Equal(ExitCode.Ok, killed);
        Assert.False(life.StopWanted.IsCompleted);
        Assert.Equal(ExitCode.Ok, life.ExitCode);
    }

    [Fact]
    public async Task A_service_that_fails_while_it_stops_has_ended_and_says_why()
    {
        var life = new ServiceLife(async host =>
        {
            host.Ready("", static () => Task.CompletedTask);
            await host.StopWanted;
            throw new IOException("the disk is gone");
        });

        life.Start(_asked.Add);
        life.Stop(_asked.Add);

        await life.Ended.WaitAsync(Bound);
        Assert.IsType<IOException>(life.Failure);
    }

    [Fact]
    public void Whoever_starts_and_stops_it_is_asked_for_time_before_it_is_waited_for()
    {
        var askedFirst = true;
        var life = new ServiceLife(async host =>
        {
            host.Ready("", static () => Task.CompletedTask);
            await host.StopWanted;
            return ExitCode.Ok;
        });

        life.Start(time => askedFirst &= time > TimeSpan.Zero && !life.StopWanted.IsCompleted);
        life.Stop(_asked.Add);

        Assert.True(askedFirst);
        Assert.NotEmpty(_asked);
    }

    [Fact]
    public void Elsewhere_the_flag_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is not refused on Windows.");
        using var error = new StringWriter();
        using var console = new CliConsole(Stream.Null, Stream.Null, error);

        Assert.Equal(ExitCode.Usage, CliRunner.Run(["serve", "--windows-service"], console));
        Assert.Contains("Windows", error.ToString(), StringComparison.Ordinal);
    }

    private static CliConsole Console() => new(Stream.Null, Stream.Null, TextWriter.Null);

    private ServerConfiguration Configuration(string listen)
    {
        string? Variable(string name) => name switch
        {
            "FERRISDB_DATA" => _folder.FullName,
            "FERRISDB_LISTEN" => listen,
            _ => null,
        };
        return ServerConfiguration.Load(new FlagSettings(_ => null), null, Variable);
    }
}
