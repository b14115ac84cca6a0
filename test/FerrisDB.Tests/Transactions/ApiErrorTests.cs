using FerrisDB.Storage;
using FerrisDB.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// Invariant: for each call the documented error and no other, at exactly the limit; and calls without a result never
// fail themselves, but whatever comes after them.
public sealed class ApiErrorTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Database _database;

    public ApiErrorTests() => _database = Database.OpenInMemory(new DatabaseOptions
    {
        Seed = 7,
        Storage = new StorageOptions { TimeProvider = _clock },
    });

    /// <summary>Writes, what the next call with a result fails with, and whether system keys may be touched.</summary>
    public static TheoryData<string, int?, bool> Writes => new()
    {
        { "set 10000 0", null, false },
        { "set 10001 0", 2102, false },
        { "set 1 100000", null, false },
        { "set 1 100001", 2103, false },
        { "add 1 100001", 2103, false },
        { "set ff 0", 2004, false },
        { "set ff 0", null, true },
        { "set ffff 0", 2114, true },
        { "clear ff 0", 2004, false },
        { "clear 10001 0", null, false },
        { "clearrange b a", 2005, false },
        { "clearrange a a", null, false },
        { "clearrange a ff", null, false },
        { "clearrange a ff00", 2004, false },
        { "atomic 0", 2018, false },
        { "atomic 1", 2018, false },
        { "atomic 3", 2018, false },
        { "atomic 99", 2018, false },
        { "stampkey 13", 2000, false },
        { "stampvalue 3", 2000, false },
        { "readconflict b a", 2005, false },
        { "readconflict a ff00", 2004, false },
        { "writeconflict a ff", null, false },
        { "writeconflict a ff00", 2004, false },
        { "readversion 0", 2011, false },
        { "readversion -5", 2011, false },
    };

    /// <summary>Reads and what they fail with.</summary>
    public static TheoryData<string, int?> Reads => new()
    {
        { "get ff", 2004 },
        { "get 20000", null },
        { "key ff00", 2004 },
        { "key ff", null },
        { "page limit -2", 2012 },
        { "page limit -1", null },
        { "page bytes -2", 2012 },
        { "page mode 0", 2210 },
        { "page mode -3", 2000 },
        { "page mode 5", 2000 },
        { "page iteration 0", 2000 },
        { "page inverted", null },
    };

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_is_refused_by_the_next_call_that_has_a_result(string call, int? code, bool system)
    {
        using var transaction = _database.CreateTransaction();
        if (system)
            transaction.SetOption(TransactionOption.AccessSystemKeys);
        Write(transaction, call.Split(' '));

        Assert.Equal(code, await CodeAsync(transaction.GetAsync("zzz"u8).AsTask()));
        transaction.Set("later"u8, []);
        Assert.Equal(code, await CodeAsync(transaction.CommitAsync().AsTask()));
        transaction.Reset();
        Assert.Equal(code is null ? [] : null, await transaction.GetAsync("later"u8));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_read_is_refused_with_its_documented_error(string call, int? code)
    {
        using var transaction = _database.CreateTransaction();
        Assert.Equal(code, await CodeAsync(Read(transaction, call.Split(' '))));
        // What was refused at once does not count against the commit.
        Assert.Null(await CodeAsync(transaction.CommitAsync().AsTask()));
    }

    // 28 bytes for the mutation, 24 for its conflict range, and the key twice in that, with a zero.
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 2101)]
    public async Task A_transaction_has_its_limit_exactly(int excess, int? code)
    {
        const int Limit = 10_000_000;
        const int ValueBytes = 99_000;
        using var transaction = _database.CreateTransaction();
        var size = 0;
        for (var key = 0; size < Limit; key++)
        {
            var rest = Math.Min(ValueBytes, Limit + excess - size - 28 - 24 - 3 - 3 - 4);
            // The last one must not leave less than a mutation needs.
            if (Limit - size - rest - 62 is > 0 and < 100)
                rest -= 200;
            transaction.Set([(byte)'k', (byte)(key >> 8), (byte)key], new byte[rest]);
            size += rest + 62;
        }
        Assert.Equal(code, await CodeAsync(transaction.CommitAsync().AsTask()));
    }

    [Fact]
    public async Task Read_versions_are_set_once_and_before_the_first_read()
    {
        using var twice = _database.CreateTransaction();
        twice.SetReadVersion(1);
        twice.SetReadVersion(1);
        Assert.Equal(2010, await CodeAsync(twice.GetAsync("k"u8).AsTask()));
        using var late = _database.CreateTransaction();
        await late.GetAsync("k"u8);
        late.SetReadVersion(1);
        Assert.Equal(2010, await CodeAsync(late.GetAsync("k"u8).AsTask()));
    }

    [Fact]
    public async Task Attempts_end_with_the_retry_limit_and_wait_no_longer_than_the_bound()
    {
        foreach (var seed in Seeds.ToTry(standard: 20))
        {
            var policy = new RetryPolicy();
            var settings = new TransactionSettings { RetryLimit = 12, MaxRetryDelayMs = 1000 };
            var random = new Random(seed);
            var bound = 10.0;
            for (var attempt = 0; attempt < 12; attempt++)
            {
                var wait = policy.Next(ErrorCode.NotCommitted, settings, random.NextDouble());
                Assert.InRange(wait!.Value.TotalMilliseconds, 0, bound);
                bound = Math.Min(bound * 2, 1000);
            }
            Assert.Null(policy.Next(ErrorCode.NotCommitted, settings, 0));
        }
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.RetryLimit, 0);
        var conflict = new FerrisException(ErrorCode.NotCommitted, "A conflict.");
        Assert.Equal(1020, await CodeAsync(transaction.OnErrorAsync(conflict).AsTask()));
        Assert.Equal(1025, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
    }

    [Fact]
    public async Task Errors_that_nothing_cures_are_thrown_again()
    {
        foreach (var code in new[] { ErrorCode.KeyTooLarge, ErrorCode.IoError, ErrorCode.UsedDuringCommit })
        {
            using var transaction = _database.CreateTransaction();
            var error = new FerrisException(code, "It failed.");
            Assert.Equal((int)code, await CodeAsync(transaction.OnErrorAsync(error).AsTask()));
        }
    }

    public void Dispose() => _database.Dispose();

    private static void Write(Transaction transaction, string[] call)
    {
        switch (call[0])
        {
            case "set":
                transaction.Set(Key(call[1]), new byte[int.Parse(call[2], null)]);
                break;
            case "add":
                transaction.Atomic(MutationType.Add, Key(call[1]), new byte[int.Parse(call[2], null)]);
                break;
            case "clear":
                transaction.Clear(Key(call[1]));
                break;
            case "clearrange":
                transaction.ClearRange(Key(call[1]), Key(call[2]));
                break;
            case "atomic":
                transaction.Atomic((MutationType)int.Parse(call[1], null), "k"u8, "v"u8);
                break;
            case "stampkey":
                transaction.SetVersionstampedKey(new byte[int.Parse(call[1], null)], []);
                break;
            case "stampvalue":
                transaction.SetVersionstampedValue("k"u8, new byte[int.Parse(call[1], null)]);
                break;
            case "readconflict":
                transaction.AddReadConflictRange(Key(call[1]), Key(call[2]));
                break;
            case "writeconflict":
                transaction.AddWriteConflictRange(Key(call[1]), Key(call[2]));
                break;
            default:
                transaction.SetReadVersion(int.Parse(call[1], null));
                break;
        }
    }

    private static Task Read(Transaction transaction, string[] call)
    {
        var begin = KeySelector.FirstGreaterOrEqual("a"u8.ToArray());
        var end = KeySelector.FirstGreaterThan("b"u8.ToArray());
        var number = call.Length > 2 ? int.Parse(call[2], null) : 0;
        return (call[0], call[1]) switch
        {
            ("get", _) => transaction.GetAsync(Key(call[1])).AsTask(),
            ("key", _) => transaction.GetKeyAsync(KeySelector.FirstGreaterOrEqual(Key(call[1]))).AsTask(),
            (_, "limit") => transaction.GetPageAsync(begin, end, new RangeOptions { Limit = number }).AsTask(),
            (_, "bytes") => transaction.GetPageAsync(begin, end, new RangeOptions { TargetBytes = number }).AsTask(),
            (_, "mode") => transaction.GetPageAsync(
                begin, end, new RangeOptions { Mode = (StreamingMode)number }).AsTask(),
            (_, "iteration") => transaction.GetPageAsync(begin, end, default, number).AsTask(),
            _ => transaction.GetPageAsync(end, begin).AsTask(),
        };
    }

    // A number is a key of that many bytes, ff is hexadecimal, anything else is itself.
    private static byte[] Key(string text) => int.TryParse(text, out var length)
        ? new byte[length]
        : text.StartsWith("ff", StringComparison.Ordinal)
            ? Convert.FromHexString(text)
            : System.Text.Encoding.UTF8.GetBytes(text);

    private static async Task<int?> CodeAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (FerrisException error)
        {
            return (int)error.Code;
        }
    }
}
