using System.Text;

namespace FerrisDB.Tests.Transactions;

// As FoundationDB's workload ConflictRange. The checker of histories knows by which rules a read becomes a conflict
// range; this one knows no rules. It reads again after somebody has written, and looks whether the answer is another
// one: then the first reader has to conflict, and else it should not.

/// <summary>Random reads in transactions that somebody overtakes.</summary>
internal sealed class ConflictRangeRun : IDisposable
{
    private const int KeyCount = 10;

    private readonly int _seed;
    private readonly Random _random;
    private readonly Database _database = Database.OpenInMemory();
    private int _values;

    public ConflictRangeRun(int seed) => (_seed, _random) = (seed, new Random(seed));

    /// <summary>Readers that would have read something else at their commit: all of them have conflicted.</summary>
    public int ChangedCount { get; private set; }

    /// <summary>Readers that would have read the same.</summary>
    public int UnchangedCount { get; private set; }

    /// <summary>Those among them that have conflicted all the same.</summary>
    public int NeedlessCount { get; private set; }

    public async Task PlayAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
            await PlayOneAsync(round);
    }

    public void Dispose() => _database.Dispose();

    private async ValueTask PlayOneAsync(int round)
    {
        var own = Enumerable.Range(0, _random.Next(3)).Select(_ => OwnWrite()).ToList();
        var (text, isPlain, read) = Read();
        using var reader = Begin(own);
        var before = await read(reader);
        await OvertakeAsync();
        string after;
        using (var late = Begin(own))
            after = await read(late);

        // Something to commit that nobody reads.
        reader.AddWriteConflictRange("~"u8, "~~"u8);
        var failure = await reader.TryCommitAsync();

        Assert.True(failure is null or { Code: ErrorCode.NotCommitted }, $"seed {_seed}: {failure}");
        if (before != after)
        {
            ChangedCount++;
            Assert.True(
                failure is not null,
                $"seed {_seed}, round {round}: {text} has read '{before}', reads '{after}' now, and has committed");
            return;
        }
        UnchangedCount++;
        if (failure is null)
            return;
        NeedlessCount++;
        Assert.False(isPlain, $"seed {_seed}, round {round}: {text} reads '{after}' as before, and has conflicted");
    }

    private Transaction Begin(List<Action<Transaction>> own)
    {
        var transaction = _database.CreateTransaction();
        own.ForEach(write => write(transaction));
        return transaction;
    }

    // Somebody else sets a key to what it never was, or clears one that is there.
    private async ValueTask OvertakeAsync()
    {
        var key = Key();
        await _database.RunAsync(async transaction =>
        {
            if (_random.Next(2) == 0 && await transaction.GetAsync(key) is not null)
                transaction.Clear(key);
            else
                transaction.Set(key, NewValue());
        });
    }

    private Action<Transaction> OwnWrite()
    {
        var (key, end, value) = (Key(), Key(), NewValue());
        switch (_random.Next(4))
        {
            case 0:
                return transaction => transaction.Set(key, value);
            case 1:
                return transaction => transaction.Clear(key);
            case 2 when key.AsSpan().SequenceCompareTo(end) <= 0:
                return transaction => transaction.ClearRange(key, end);
            default:
                return transaction => transaction.Atomic(MutationType.AppendIfFits, key, value);
        }
    }

    // Plain are reads that count no keys: those never conflict in vain. Others depend on which keys there are between
    // two places, and conflict also if one of those has another value.
    private (string Text, bool IsPlain, Func<Transaction, ValueTask<string>> Read) Read()
    {
        var (begin, end) = (Selector(), Selector());
        switch (_random.Next(4))
        {
            case 0:
                var key = Key();
                return ($"get {Text(key)}", true, async transaction => Text(await transaction.GetAsync(key)));
            case 1:
                return (Text(begin), false, async transaction => Text(await transaction.GetKeyAsync(begin)));
            default:
                var options = new RangeOptions { Limit = _random.Next(5), Reverse = _random.Next(2) == 0 };
                var isPlain = begin.Offset == 1 && end.Offset == 1 && (!options.Reverse || options.Limit == 0);
                return ($"{Text(begin)} to {Text(end)} {options}", isPlain, transaction =>
                    PageAsync(transaction, begin, end, options));
        }
    }

    private static async ValueTask<string> PageAsync(
        Transaction transaction, KeySelector begin, KeySelector end, RangeOptions options)
    {
        var page = await transaction.GetPageAsync(begin, end, options);
        var rows = page.Select(row => $"{Text(row.Key.ToArray())}={Text(row.Value.ToArray())}");
        return string.Join(' ', rows) + (page.More ? " and more" : "");
    }

    private KeySelector Selector() =>
        new(Key(), _random.Next(2) == 0, _random.Next(2) == 0 ? 1 : _random.Next(-2, 4));

    private byte[] Key() => [(byte)('a' + _random.Next(KeyCount))];

    private byte[] NewValue() => Encoding.ASCII.GetBytes($"{_values++};");

    private static string Text(KeySelector selector) =>
        $"{Text(selector.Key.ToArray())}{(selector.OrEqual ? "=" : "<")}{selector.Offset}";

    private static string Text(byte[]? bytes) => bytes is null ? "nothing" : KeyText.Of(bytes);
}
