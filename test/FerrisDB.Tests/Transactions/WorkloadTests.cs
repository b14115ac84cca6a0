using System.Buffers.Binary;
using System.Text;

namespace FerrisDB.Tests.Transactions;

// FoundationDB's workloads, with real threads: each keeps something that any lost or torn transaction would break.
public sealed class WorkloadTests : IDisposable
{
    private const int ThreadCount = 3;
    private const int Rounds = 200;

    private readonly Database _database = Database.OpenInMemory(new DatabaseOptions
    {
        MaxRetryDelay = TimeSpan.FromMilliseconds(2),
    });

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Cycle: each transaction takes one node of a ring out and puts it in a place further on. Invariant: the ring stays
    // one ring of all nodes.
    [Fact]
    public async Task Rings_stay_rings()
    {
        const int Nodes = 12;
        await _database.RunAsync(
            transaction =>
            {
                for (var node = 0; node < Nodes; node++)
                    transaction.Set(Key("ring", node), Number((node + 1) % Nodes));
            },
            Cancellation);

        await RunThreadsAsync((random, _) => _database.RunAsync(
            async transaction =>
            {
                var first = random.Next(Nodes);
                var second = await NumberAtAsync(transaction, Key("ring", first));
                var third = await NumberAtAsync(transaction, Key("ring", (int)second));
                var fourth = await NumberAtAsync(transaction, Key("ring", (int)third));
                transaction.Clear(Key("ring", first));
                transaction.Set(Key("ring", first), Number(third));
                transaction.Set(Key("ring", (int)third), Number(second));
                transaction.Set(Key("ring", (int)second), Number(fourth));
            },
            Cancellation));

        var seen = new HashSet<long>();
        using var reader = _database.CreateTransaction();
        for (var node = 0L; seen.Add(node);)
            node = await NumberAtAsync(reader, Key("ring", (int)node));
        Assert.Equal(Nodes, seen.Count);
    }

    // Bank: half of the transfers read and write, half only add. Invariant: the total, at every moment.
    [Fact]
    public async Task Money_is_neither_made_nor_lost()
    {
        const int Accounts = 10;
        await _database.RunAsync(
            transaction =>
            {
                for (var account = 0; account < Accounts; account++)
                    transaction.Set(Key("account", account), Number(100));
            },
            Cancellation);

        await RunThreadsAsync(async (random, round) =>
        {
            var (from, to) = (random.Next(Accounts), random.Next(Accounts));
            await _database.RunAsync(
                async transaction =>
                {
                    if (round % 10 == 0)
                    {
                        Assert.Equal(100 * Accounts, await TotalAsync(transaction));
                    }
                    else if (round % 2 == 0)
                    {
                        transaction.Add(Key("account", from), -7);
                        transaction.Add(Key("account", to), 7);
                    }
                    else
                    {
                        var taken = await NumberAtAsync(transaction, Key("account", from));
                        transaction.Set(Key("account", from), Number(taken - 5));
                        var given = await NumberAtAsync(transaction, Key("account", to));
                        transaction.Set(Key("account", to), Number(given + 5));
                    }
                },
                Cancellation);
        });

        using var last = _database.CreateTransaction();
        Assert.Equal(100 * Accounts, await TotalAsync(last));
    }

    // AtomicOps: each operation leaves its operand in a log, in the same transaction. Invariant: the log adds up to the
    // counter, so each operation that was committed was applied once, and no other.
    [Fact]
    public async Task Atomic_operations_add_up_to_their_log()
    {
        await RunThreadsAsync(async (random, round) =>
        {
            using var transaction = _database.CreateTransaction();
            var operand = random.Next(1000);
            transaction.Add("counter"u8, operand);
            transaction.Atomic(MutationType.Max, "most"u8, Number(operand));
            transaction.SetVersionstampedKey("log/0123456789\x04\0\0\0"u8, Number(operand));
            if (round % 5 != 0)
                await transaction.CommitAsync();
        });

        using var reader = _database.CreateTransaction();
        var log = await reader.GetRangeAsync(new KeyRange("log/"u8.ToArray(), "log0"u8.ToArray()));
        var operands = log.Select(row => BinaryPrimitives.ReadInt64LittleEndian(row.Value.Span)).ToList();
        Assert.Equal(ThreadCount * Rounds * 4 / 5, operands.Count);
        Assert.Equal(operands.Sum(), await NumberAtAsync(reader, "counter"u8.ToArray()));
        Assert.Equal(operands.Max(), await NumberAtAsync(reader, "most"u8.ToArray()));
    }

    // Increment: invariant: each increment is counted once.
    [Fact]
    public async Task Increments_are_not_lost()
    {
        await RunThreadsAsync((random, _) => _database.RunAsync(
            async transaction =>
            {
                var counter = Key("counter", random.Next(3));
                var counted = await NumberAtAsync(transaction, counter);
                transaction.Set(counter, Number(counted + 1));
            },
            Cancellation));

        using var reader = _database.CreateTransaction();
        var sum = 0L;
        for (var counter = 0; counter < 3; counter++)
            sum += await NumberAtAsync(reader, Key("counter", counter));
        Assert.Equal(ThreadCount * Rounds, sum);
    }

    // VersionStamp: invariant: stamps are unique and in the order of commits, and each transaction is told its own.
    [Fact]
    public async Task Versionstamps_are_unique_and_ordered()
    {
        await RunThreadsAsync(async (_, round) =>
        {
            using var transaction = _database.CreateTransaction();
            transaction.SetVersionstampedKey("stamp/0123456789\x06\0\0\0"u8, Number(round));
            transaction.SetVersionstampedValue("last"u8, "0123456789\0\0\0\0"u8);
            var asked = transaction.GetVersionstampAsync();
            await transaction.CommitAsync();
            byte[] key = [.. "stamp/"u8.ToArray(), .. await asked];

            using var reader = _database.CreateTransaction();
            Assert.Equal(round, await NumberAtAsync(reader, key));
            var before = await reader.GetKeyAsync(KeySelector.LastLessThan("stamp0"u8.ToArray()));
            Assert.True(before.AsSpan().SequenceCompareTo(key) >= 0, "a later commit has an earlier stamp");
            byte[] last = [.. "stamp/"u8.ToArray(), .. (await reader.GetAsync("last"u8))!];
            Assert.Equal(last, before);
        });
    }

    // Watches: a chain in which each link waits for the one before. Invariant: the change arrives at its end.
    [Fact]
    public async Task Watches_pass_a_change_on_to_the_end_of_a_chain()
    {
        const int Links = 30;
        for (var round = 1; round <= 10; round++)
        {
            var links = Enumerable.Range(0, Links).Select(link => PassOnAsync(link, round)).ToList();
            await _database.RunAsync(transaction => transaction.Set(Key("link", 0), Number(round)), Cancellation);
            await Task.WhenAll(links).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
            using var reader = _database.CreateTransaction();
            Assert.Equal(round, await NumberAtAsync(reader, Key("link", Links)));
        }
    }

    // Sideband: a commit that was acknowledged is seen by whoever hears of it. Invariant: external consistency.
    [Fact]
    public async Task What_was_acknowledged_is_seen_by_everybody_who_hears_of_it()
    {
        var told = 0L;
        await RunThreadsAsync(async (_, _) =>
        {
            var heard = Interlocked.Read(ref told);
            using var transaction = _database.CreateTransaction();
            var seen = await NumberAtAsync(transaction, "sideband"u8.ToArray());
            Assert.True(seen >= heard, $"{heard} was acknowledged, {seen} is there");
            transaction.Set("sideband"u8, Number(seen + 1));
            if (await transaction.TryCommitAsync() is null)
                Interlocked.Exchange(ref told, seen + 1);
        });
    }

    public void Dispose() => _database.Dispose();

    private async Task PassOnAsync(int link, int round)
    {
        while (true)
        {
            Task? changed = null;
            await _database.RunAsync(
                async transaction =>
                {
                    changed = null;
                    if (await NumberAtAsync(transaction, Key("link", link)) >= round)
                        transaction.Set(Key("link", link + 1), Number(round));
                    else
                        changed = transaction.WatchAsync(Key("link", link), Cancellation);
                },
                Cancellation);
            if (changed is null)
                return;
            await changed;
        }
    }

    private static async Task RunThreadsAsync(Func<Random, int, ValueTask> body) =>
        await Task.WhenAll(Enumerable.Range(1, ThreadCount).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                for (var round = 0; round < Rounds; round++)
                    body(random, round).AsTask().GetAwaiter().GetResult();
            },
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private static async ValueTask<long> TotalAsync(Transaction transaction)
    {
        var rows = await transaction.GetRangeAsync(new KeyRange("account"u8.ToArray(), "account~"u8.ToArray()));
        return rows.Sum(row => BinaryPrimitives.ReadInt64LittleEndian(row.Value.Span));
    }

    private static async ValueTask<long> NumberAtAsync(Transaction transaction, byte[] key) =>
        await transaction.GetAsync(key) is { } value ? BinaryPrimitives.ReadInt64LittleEndian(value) : 0;

    private static byte[] Key(string name, int number) => Encoding.UTF8.GetBytes($"{name}{number:00}");

    private static byte[] Number(long number) => BitConverter.GetBytes(number);
}
