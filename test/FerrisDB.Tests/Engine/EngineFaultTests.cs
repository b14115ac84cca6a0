using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// Every disk operation of a workload fails in turn, once or from then on. Whoever is told so gets a code to react to,
// reads go on, and what was acknowledged is there when the folder is opened again.
public sealed class EngineFaultTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ErrorCode.IoError, false)]
    [InlineData(ErrorCode.IoError, true)]
    [InlineData(ErrorCode.DiskFull, false)]
    [InlineData(ErrorCode.DiskFull, true)]
    public void Acknowledged_commits_survive_a_failure_of_any_disk_operation(ErrorCode code, bool forever)
    {
        FaultRun run;
        var operation = 0L;
        do
        {
            run = new FaultRun(seed: (int)operation + 1);
            try
            {
                run.Play(operation, code, forever);
                run.CheckAfterReopening();
            }
            catch (Exception)
            {
                output.WriteLine($"{code} at {operation}, forever: {forever}\n{run.Disk.OperationLog}");
                throw;
            }
            operation += 1 + (operation / 60);
        }
        while (run.Disk.FaultCount > 0);
        Assert.InRange(operation, 40, long.MaxValue);
    }

    [Fact]
    public void After_a_failed_sync_of_the_log_nothing_is_acknowledged_any_more()
    {
        var disk = new FaultyFileSystem(new CrashableFileSystem());
        using var engine = StorageEngine.Open("db", FaultRun.Options(disk, new ManualScheduler()));
        engine.Put("before"u8, "1"u8);
        disk.FailWhen(operation => operation.Kind == DiskOperationKind.Sync, once: true);
        Assert.Equal(ErrorCode.IoError, CodeOf(() => engine.Put("failed"u8, "2"u8)));
        // The disk works again, but what a second sync would say is worth nothing.
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Equal(ErrorCode.WritesStopped, CodeOf(() => engine.Put("after"u8, "3"u8)));
        Assert.Equal("1"u8.ToArray(), engine.Get("before"u8));
        Assert.Null(engine.Get("failed"u8));
        Assert.Null(engine.Get("after"u8));
    }

    [Fact]
    public void Writes_are_refused_while_the_disk_is_nearly_full_and_accepted_again_afterwards()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem()) { FreeBytes = 1000 };
        var options = FaultRun.Options(disk, new ManualScheduler()) with { FreeDiskBytesMin = 1 << 20 };
        using var engine = StorageEngine.Open("db", options);
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => engine.Put("key"u8, "refused"u8)));
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => engine.Put("key"u8, "refused"u8)));
        Assert.Null(engine.Get("key"u8));
        disk.FreeBytes = 1 << 30;
        engine.Put("key"u8, "accepted"u8);
        Assert.Equal("accepted"u8.ToArray(), engine.Get("key"u8));
    }

    [Fact]
    public async Task Closing_refuses_a_write_that_waits_for_a_flush_instead_of_waiting_with_it()
    {
        var disk = new MemoryFileSystem();
        var options = FaultRun.Options(disk, new ManualScheduler());
        var engine = StorageEngine.Open("db", options);
        var acknowledged = 0L;
        var stalled = Write(engine);
        while (stalled.IsCompletedSuccessfully)
        {
            acknowledged = await stalled;
            stalled = Write(engine);
        }
        engine.Dispose();
        var refused = await Assert.ThrowsAsync<FerrisException>(() => stalled);
        Assert.Equal(ErrorCode.WritesStopped, refused.Code);
        using var reopened = StorageEngine.Open("db", options with { Scheduler = new ManualScheduler() });
        Assert.Equal(acknowledged, reopened.LastVersion);
    }

    private static Task<long> Write(StorageEngine engine)
    {
        var batch = new WriteBatch();
        batch.Put("key"u8, new byte[700]);
        return engine.WriteAsync(batch).AsTask();
    }

    private static ErrorCode CodeOf(Action write) => Assert.Throws<FerrisException>(write).Code;
}
