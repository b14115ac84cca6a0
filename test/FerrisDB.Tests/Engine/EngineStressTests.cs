using System.Buffers.Binary;
using FerrisDB.Storage;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

// A bank on the real disk and with the real threads: every batch moves money between accounts, so whatever moment a
// reader sees, the sum is the same. Flushes and compactions run meanwhile.
public sealed class EngineStressTests : IDisposable
{
    private const int Accounts = 200;
    private const long StartBalance = 1000;
    private const int TransfersPerWriter = 3000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-stress-");

    [Fact]
    public async Task Every_reader_sees_a_consistent_bank_while_all_goes_on_at_once()
    {
        using (var engine = StorageEngine.Open(_folder.FullName, Options()))
        {
            Endow(engine);
            var bank = new Lock();
            var writers = new[] { Run(() => Transfer(engine, bank, 1)), Run(() => Transfer(engine, bank, 2)) };
            var allWritten = Task.WhenAll(writers);
            Task[] others =
            [
                Run(() => Until(allWritten, _ => Audit(engine))),
                Run(() => Until(allWritten, round => AuditBySnapshot(engine, round))),
                Run(() => Until(allWritten, _ => AuditByGets(engine))),
                Task.Run(async () =>
                {
                    while (!allWritten.IsCompleted)
                    {
                        await engine.FlushAsync();
                        await engine.CompactAsync();
                    }
                }, TestContext.Current.CancellationToken),
            ];
            await allWritten;
            await Task.WhenAll(others);
        }
        using var reopened = StorageEngine.Open(_folder.FullName, Options());
        Audit(reopened);
        Assert.Equal(1 + (2 * TransfersPerWriter), reopened.LastVersion);
    }

    [Fact]
    public async Task Closing_under_readers_and_writers_ends_them_with_errors_alone()
    {
        for (var round = 0; round < 10; round++)
        {
            var engine = StorageEngine.Open(Path.Combine(_folder.FullName, $"{round}"), Options());
            Endow(engine);
            await engine.FlushAsync();
            using var started = new CountdownEvent(3);
            var bank = new Lock();
            Task<bool>[] users =
            [
                UntilRefused(started, () => Audit(engine)),
                UntilRefused(started, () => AuditByGets(engine)),
                UntilRefused(started, () => Move(engine, bank, new Random(round))),
            ];
            started.Wait(TestContext.Current.CancellationToken);
            using var forgotten = engine.OpenCursor();
            forgotten.SeekToFirst();
            await engine.DisposeAsync();
            var areRefused = await Task.WhenAll(users);
            Assert.All(areRefused, Assert.True);
            Assert.Throws<ObjectDisposedException>(() => forgotten.Next());
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static StorageOptions Options() => new()
    {
        Durability = Durability.Process,
        MemoryBudgetBytes = 8 << 20,
        MemTableBytes = 64 << 10,
        BlockSizeBytes = 1024,
        TableSizeBytes = 8 << 10,
        L1SizeBytes = 32 << 10,
        L0CompactionTrigger = 2,
        OpenTablesMax = 8,
        FreeDiskBytesMin = 0,
    };

    private static Task Run(Action action) =>
        Task.Factory.StartNew(action, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Until(Task end, Action<int> action)
    {
        for (var round = 0; !end.IsCompleted || round == 0; round++)
            action(round);
    }

    // True if it ended as it should: refused because the engine is closed.
    private static Task<bool> UntilRefused(CountdownEvent started, Action action) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                action();
                started.Signal();
                while (true)
                    action();
            }
            catch (Exception refusal) when (refusal is ObjectDisposedException
                or FerrisException { Code: ErrorCode.WritesStopped })
            {
                return true;
            }
        },
        default,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void Endow(StorageEngine engine)
    {
        var batch = new WriteBatch();
        for (var account = 0; account < Accounts; account++)
            batch.Put(KeyOf(account), ValueOf(StartBalance));
        engine.Write(batch);
    }

    private static void Transfer(StorageEngine engine, Lock bank, int seed)
    {
        var random = new Random(seed);
        for (var transfer = 0; transfer < TransfersPerWriter; transfer++)
            Move(engine, bank, random);
    }

    // The engine orders writes; reading before writing is for its caller to guard.
    private static void Move(StorageEngine engine, Lock bank, Random random)
    {
        var (from, to) = (random.Next(Accounts), random.Next(Accounts - 1));
        to += to >= from ? 1 : 0;
        var amount = random.Next(1, 20);
        var batch = new WriteBatch();
        lock (bank)
        {
            batch.Put(KeyOf(from), ValueOf(BalanceOf(engine.Get(KeyOf(from))) - amount));
            batch.Put(KeyOf(to), ValueOf(BalanceOf(engine.Get(KeyOf(to))) + amount));
            engine.Write(batch);
        }
    }

    private static void Audit(StorageEngine engine, Snapshot? snapshot = null)
    {
        using var cursor = engine.OpenCursor(new CursorOptions { Snapshot = snapshot });
        var sum = 0L;
        var count = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            sum += BalanceOf(cursor.Value);
            count++;
        }
        Assert.Equal((Accounts, Accounts * StartBalance), (count, sum));
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            sum -= BalanceOf(cursor.Value);
        Assert.Equal(0, sum);
    }

    private static void AuditBySnapshot(StorageEngine engine, int round)
    {
        using var snapshot = engine.TakeSnapshot();
        Audit(engine, snapshot);
        if (round % 2 == 0)
            Audit(engine, snapshot);
        var values = engine.GetMany([.. Enumerable.Range(0, Accounts).Select(KeyOf)], snapshot);
        Assert.Equal(Accounts * StartBalance, values.Sum(value => BalanceOf(value)));
    }

    private static void AuditByGets(StorageEngine engine)
    {
        using var snapshot = engine.TakeSnapshot();
        var sum = 0L;
        for (var account = 0; account < Accounts; account++)
            sum += BalanceOf(engine.Get(KeyOf(account), snapshot));
        Assert.Equal(Accounts * StartBalance, sum);
    }

    private static byte[] KeyOf(int account) => Bytes($"account{account:0000}");

    private static byte[] ValueOf(long balance)
    {
        var value = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(value, balance);
        return value;
    }

    private static long BalanceOf(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value);
}
