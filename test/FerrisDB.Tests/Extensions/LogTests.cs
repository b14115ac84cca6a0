using System.Collections.Concurrent;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Tests.Extensions;

/// <summary>What an application's log says of its database.</summary>
public sealed class LogTests : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Line)> _lines = [];
    private readonly FaultyFileSystem _disk = new(new MemoryFileSystem());
    private bool _fails;

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_work_of_the_engine_is_there_for_whoever_looks_for_it()
    {
        await using var services = Services();
        var database = services.GetRequiredService<Database>();
        await WriteAsync(database);
        await database.CompactAsync();

        Assert.Equal((LogLevel.Information, "FerrisDB: Opened the database in /db, at version 0."), _lines.First());
        Assert.Contains(
            _lines, each => each.Level == LogLevel.Debug && each.Line.StartsWith("FerrisDB: FlushEnded: "));
        Assert.DoesNotContain(_lines, each => each.Level > LogLevel.Information);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_writes_have_stopped_is_critical_and_nothing_depends_on_the_log(bool fails)
    {
        await using var services = Services();
        var database = services.GetRequiredService<Database>();
        _fails = fails;
        _disk.FailAt(_disk.OperationCount);
        var failed = await Assert.ThrowsAsync<FerrisException>(async () => await WriteAsync(database));

        Assert.Equal(ErrorCode.IoError, failed.Code);
        Assert.Equal(fails ? 0 : 1, _lines.Count(each => each.Level == LogLevel.Critical));
        using var reader = database.CreateTransaction();
        Assert.Null(await reader.GetAsync("k"u8));
    }

    [Fact]
    public async Task That_writers_are_held_up_is_a_warning_and_its_end_is_told()
    {
        await using var services = Services();
        var engine = services.GetRequiredService<Database>().Storage;

        engine.Tree.Events.Raise(new WriteStallChanged(WriteStallReason.L0Tables));
        engine.Tree.Events.Raise(new WriteStallChanged(WriteStallReason.None));

        Assert.Equal(
            [
                (LogLevel.Warning, "FerrisDB: Writers are held up: L0Tables."),
                (LogLevel.Information, "FerrisDB: Writers are not held up any more."),
            ],
            _lines.Where(each => each.Line.Contains("Writers")));
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName)
    {
        Assert.Equal("FerrisDB", categoryName);
        return this;
    }

    void IDisposable.Dispose()
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (_fails)
            throw new InvalidOperationException("The log cannot be written.");
        _lines.Enqueue((logLevel, $"FerrisDB: {formatter(state, exception)}"));
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this))
        .AddFerrisDb(options =>
        {
            options.Folder = "/db";
            options.ConfigureDatabase = database => database with
            {
                Storage = database.Storage with { FileSystem = _disk },
            };
        })
        .BuildServiceProvider();

    private ValueTask WriteAsync(Database database) => database.RunAsync(
        transaction => transaction.Set("k"u8, "v"u8), Cancellation);
}
