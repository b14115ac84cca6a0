using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Manifest;

// Pull the plug at every disk operation in turn.
public sealed class ManifestCrashTests
{
    private const string Folder = "db";

    [Fact]
    public async Task Acknowledged_edits_survive_power_failure_at_any_disk_operation()
    {
        var number = 0L;
        var operation = 0;
        while (await ManifestCrash.RunAsync(operation) is { } reached)
        {
            number = Math.Max(number, reached);
            operation++;
        }

        Assert.True(number >= 3, $"the log rolled over {number - 1} times in {operation} operations");
    }

    [Fact]
    public async Task After_a_failed_write_or_sync_the_log_takes_no_edit_for_good()
    {
        var edits = TestEdits.Sequence(seed: 7, count: 4); // three operations each
        for (var operation = 0; operation < 12; operation++)
        {
            var memory = new MemoryFileSystem();
            memory.CreateDirectory(Folder);
            var disk = new FaultyFileSystem(memory);
            await using var log = await ManifestLog.StartAsync(disk, Folder, NewState());
            disk.FailAt(disk.OperationCount + operation);

            var acknowledged = 0;
            while (await TryAppendAsync(log, edits[acknowledged]) is null)
                acknowledged++;

            Assert.Equal(operation / 3, acknowledged);
            Assert.Equal(ErrorCode.WritesStopped, (await TryAppendAsync(log, new ManifestEdit { Floor = 0 }))?.Code);
            var found = TestEdits.Describe(ManifestLog.Recover(memory, Folder)!);
            Assert.True(found == After(edits, acknowledged) || found == After(edits, acknowledged + 1));
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_created_leaves_a_folder_without_one()
    {
        for (var operation = 0; operation < 6; operation++)
        {
            var memory = new MemoryFileSystem();
            memory.CreateDirectory(Folder);
            var disk = new FaultyFileSystem(memory);
            disk.FailAt(disk.OperationCount + operation);

            await Assert.ThrowsAsync<FerrisException>(
                async () => await ManifestLog.StartAsync(disk, Folder, NewState()));

            Assert.Null(ManifestLog.Recover(memory, Folder));
        }
    }

    private static ManifestState NewState() => ManifestState.CreateNew("a test", new SizeLimits(1, 1));

    private static string After(List<ManifestEdit> edits, int count)
    {
        var state = NewState();
        foreach (var edit in edits.Take(count))
            state.Apply(edit);
        return TestEdits.Describe(state);
    }

    private static async Task<FerrisException?> TryAppendAsync(ManifestLog log, ManifestEdit edit)
    {
        try
        {
            await log.AppendAsync(edit);
            return null;
        }
        catch (FerrisException failure)
        {
            return failure;
        }
    }
}
