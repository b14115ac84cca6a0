using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

// Transactions that overlap draw numbers; whoever commits keeps them. FERRIS_SEEDS=100 tries more.
public sealed class AllocatorTests
{
    private static readonly HighContentionAllocator Allocator = new(new Subspace("numbers"));

    public static TheoryData<int> Seed => [.. Seeds.ToTry(standard: 3)];

    [Theory]
    [MemberData(nameof(Seed))]
    public async Task No_number_is_given_out_twice(int seed)
    {
        var (numbers, conflicts) = await OverlapAsync(seed, rounds: 120, Allocator.AllocateAsync);

        Assert.True(numbers.Distinct().Count() == numbers.Count, $"FERRIS_SEED={seed}: a number was given out twice");
        Assert.True(numbers.Max() < 4L * numbers.Count, $"FERRIS_SEED={seed}: {numbers.Max()} of {numbers.Count}");
        Assert.InRange(conflicts, 1, numbers.Count);
    }

    [Fact]
    public async Task The_check_finds_an_allocator_without_conflicts()
    {
        var counter = "counter"u8.ToArray();
        async ValueTask<long> Careless(Transaction transaction)
        {
            var next = BitConverter.ToInt64(await transaction.Snapshot.GetAsync(counter) ?? new byte[8]);
            transaction.Add(counter, 1);
            return next;
        }

        var (numbers, _) = await OverlapAsync(1, rounds: 10, Careless);

        Assert.NotEqual(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public async Task Only_the_present_window_is_remembered()
    {
        using var database = Open(1);
        for (var i = 0; i < 300; i++)
            await database.RunAsync(Allocator.AllocateAsync);

        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(new Subspace("numbers").Range()));

        var start = new Subspace("numbers").Unpack<int, long>(rows[0].Key.Span).Second;
        Assert.True(start > 255);
        Assert.All(rows.Skip(1), row => Assert.InRange(
            new Subspace("numbers").Unpack<int, long>(row.Key.Span).Second,
            start,
            start + HighContentionAllocator.WindowSize(start) - 1));
        Assert.Equal(BitConverter.ToInt64(rows[0].Value.Span), rows.Count - 1);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(254, 64)]
    [InlineData(255, 1024)]
    [InlineData(65_534, 1024)]
    [InlineData(65_535, 8192)]
    public void Windows_grow_with_the_numbers(long start, long size) =>
        Assert.Equal(size, HighContentionAllocator.WindowSize(start));

    [Fact]
    public async Task Threads_may_allocate_in_one_transaction()
    {
        using var database = Open(1);

        var numbers = await database.RunAsync(async transaction => await Task.WhenAll(
            Enumerable.Range(0, 60).Select(_ => Task.Run(() => Allocator.AllocateAsync(transaction).AsTask()))));
        var later = await database.RunAsync(Allocator.AllocateAsync);

        Assert.Equal(61, numbers.Append(later).Distinct().Count());
    }

    [Fact]
    public async Task Threads_may_allocate_in_transactions_of_their_own()
    {
        using var database = Open(1);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            List<long> own = [];
            for (var i = 0; i < 40; i++)
                own.Add(await database.RunAsync(Allocator.AllocateAsync));
            return own;
        })));

        Assert.Equal(160, numbers.SelectMany(own => own).Distinct().Count());
    }

    [Fact]
    public async Task The_chance_comes_from_the_database()
    {
        Assert.Equal(await DrawAsync(seed: 5), await DrawAsync(seed: 5));
        Assert.NotEqual(await DrawAsync(seed: 5), await DrawAsync(seed: 6));
    }

    [Fact]
    public async Task A_subspace_that_holds_something_else_is_refused()
    {
        using var database = Open(1);
        await database.RunAsync(transaction => transaction.Set(new Subspace("numbers").Pack(0, "x"), []));

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.RunAsync(Allocator.AllocateAsync));

        Assert.Equal(ErrorCode.InvalidDirectoryLayerMetadata, error.Code);
    }

    private static async Task<List<long>> DrawAsync(int seed)
    {
        using var database = Open(seed);
        List<long> numbers = [];
        for (var i = 0; i < 10; i++)
            numbers.Add(await database.RunAsync(Allocator.AllocateAsync));
        return numbers;
    }

    private static async Task<(List<long> Numbers, int Conflicts)> OverlapAsync(
        int seed, int rounds, Func<Transaction, ValueTask<long>> allocate)
    {
        var random = new Random(seed);
        using var database = Open(seed);
        List<long> numbers = [];
        var conflicts = 0;
        for (var round = 0; round < rounds; round++)
        {
            var transactions = new Transaction[random.Next(1, 12)];
            foreach (ref var transaction in transactions.AsSpan())
                transaction = database.CreateTransaction();
            foreach (var transaction in transactions)
                await transaction.GetReadVersionAsync();
            var drawn = new List<long>[transactions.Length];
            for (var i = 0; i < transactions.Length; i++)
            {
                drawn[i] = [];
                for (var count = random.Next(1, 4); count > 0; count--)
                    drawn[i].Add(await allocate(transactions[i]));
            }
            foreach (var i in Enumerable.Range(0, transactions.Length).OrderBy(_ => random.Next()).ToArray())
            {
                var error = await transactions[i].TryCommitAsync();
                if (error is null)
                    numbers.AddRange(drawn[i]);
                else
                    conflicts += error.Code == ErrorCode.NotCommitted ? 1 : throw error;
                transactions[i].Dispose();
            }
        }
        return (numbers, conflicts);
    }

    private static Database Open(int seed) => Database.OpenInMemory(new DatabaseOptions { Seed = seed });
}
