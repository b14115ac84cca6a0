using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

// Pull the plug at every disk operation around locks and unlocks. The database that is opened afterwards is locked by
// whom the last answer said, or by whom the call without an answer wanted; and whether it is locked decides a commit.
public sealed class LockCrashTests(ITestOutputHelper output)
{
    private static readonly Guid Mine = Guid.Parse("0123456789abcdef0123456789abcdef");
    private static readonly Guid Other = Guid.Parse("00000000000000000000000000000001");

    [Theory]
    [InlineData(CrashKind.PowerFailure)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    [InlineData(CrashKind.ProcessKilled)]
    internal async Task A_lock_is_there_if_it_was_answered_and_may_be_if_it_was_not(CrashKind kind)
    {
        var crashed = true;
        for (var operation = 0; crashed; operation++)
        {
            var disk = new CrashableFileSystem(seed: operation + 1);
            try
            {
                var (answered, wanted) = await PlayUntilPowerFailsAsync(disk, operation);
                crashed = disk.PowerFailed;
                await CheckAsync(disk.AfterRestart(kind), answered, wanted);
            }
            catch (Exception)
            {
                output.WriteLine($"{kind}: {disk.OperationLog}");
                throw;
            }
        }
    }

    // Who has the lock by the last answer, and by the call that had none.
    private static async Task<(Guid? Answered, Guid? Wanted)> PlayUntilPowerFailsAsync(
        CrashableFileSystem disk, int operation)
    {
        Guid? answered = null;
        Guid? wanted = null;
        try
        {
            await using var database = Database.Open("db", Options(disk));
            disk.PowerFailsAt = disk.OperationCount + operation;
            foreach (var id in new Guid?[] { Mine, null, Other, null, Mine })
            {
                wanted = id;
                if (id is { } locks)
                    await database.LockAsync(locks);
                else
                    await database.UnlockAsync(answered!.Value);
                answered = id;
            }
        }
        catch (Exception) when (disk.PowerFailed)
        {
        }
        return (answered, wanted);
    }

    private static async Task CheckAsync(CrashableFileSystem disk, Guid? answered, Guid? wanted)
    {
        await using var database = Database.Open("db", Options(disk));
        var holder = await database.GetLockAsync();
        Assert.Contains(holder, new[] { answered, wanted });
        using var transaction = database.CreateTransaction();
        transaction.Set("k"u8, []);

        Assert.Equal(holder is null ? null : 1038, await CodeAsync(transaction.CommitAsync()));
    }

    private static DatabaseOptions Options(CrashableFileSystem disk) => new()
    {
        Seed = 1,
        MaxRetryDelay = TimeSpan.Zero,
        Storage = new StorageOptions { FileSystem = disk, Scheduler = new ManualScheduler(), FreeDiskBytesMin = 0 },
    };
}
