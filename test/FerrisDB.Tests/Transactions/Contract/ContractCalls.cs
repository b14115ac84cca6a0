using System.Globalization;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Calls of a transaction as text, for tables: the name of the call, then its arguments.</summary>
/// <remarks>
/// A key is its characters, each one byte, and <c>-</c> is the empty one. Calls without a result are done at once.
/// </remarks>
internal static class ContractCalls
{
    private static readonly byte[] ValueOfSet = Bytes("v");

    /// <summary>Runs calls that are separated by semicolons, each after the one before.</summary>
    public static async Task RunAllAsync(Transaction transaction, string calls)
    {
        foreach (var call in calls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            await RunAsync(transaction, call);
    }

    public static Task RunAsync(Transaction transaction, string call)
    {
        var words = call.Split(' ');
        var reading = Read(transaction, words);
        if (reading is null)
            Write(transaction, words);
        return reading ?? Task.CompletedTask;
    }

    private static Task? Read(Transaction transaction, string[] words) => words[0] switch
    {
        "get" => transaction.GetAsync(Key(words[1])).AsTask(),
        "snapshot" => transaction.Snapshot.GetAsync(Key(words[1])).AsTask(),
        "key" => transaction.GetKeyAsync(Selector(words.AsSpan(1))).AsTask(),
        "page" => transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(Key(words[1])), KeySelector.FirstGreaterOrEqual(Key(words[2])),
            new RangeOptions { Limit = Limit(words), Reverse = words[^1] == "reverse" }).AsTask(),
        "selected" => transaction.GetPageAsync(
            Selector(words.AsSpan(1)), Selector(words.AsSpan(4)),
            new RangeOptions { Limit = Limit(words), Reverse = words[^1] == "reverse" }).AsTask(),
        "watch" => transaction.WatchAsync(Key(words[1])) is { IsFaulted: true } failed ? failed : Task.CompletedTask,
        "version" => transaction.GetReadVersionAsync().AsTask(),
        "stamp" => transaction.GetVersionstampAsync() is { IsFaulted: true } failed ? failed : Task.CompletedTask,
        "estimate" => transaction.GetEstimatedRangeSizeBytesAsync(Range(words)).AsTask(),
        "split" => transaction.GetRangeSplitPointsAsync(Range(words), 1_000).AsTask(),
        _ => null,
    };

    private static void Write(Transaction transaction, string[] words)
    {
        switch (words[0])
        {
            case "set":
                transaction.Set(Key(words[1]), words.Length > 2 ? Bytes(words[2]) : ValueOfSet);
                break;
            case "clear":
                transaction.Clear(Key(words[1]));
                break;
            case "clearrange":
                transaction.ClearRange(Key(words[1]), Key(words[2]));
                break;
            case "add":
                transaction.Add(Key(words[1]), 1);
                break;
            case "append":
                transaction.Atomic(MutationType.AppendIfFits, Key(words[1]), Bytes(words[2]));
                break;
            case "stampkey":
                byte[] template = [.. Key(words[1]), .. new byte[10], (byte)words[1].Length, 0, 0, 0];
                transaction.SetVersionstampedKey(template, ValueOfSet);
                break;
            case "stampvalue":
                transaction.SetVersionstampedValue(Key(words[1]), new byte[14]);
                break;
            case "readconflict":
                transaction.AddReadConflictRange(Key(words[1]), Key(words[2]));
                break;
            case "writeconflict":
                transaction.AddWriteConflictRange(Key(words[1]), Key(words[2]));
                break;
            case "option":
                transaction.SetOption(Enum.Parse<TransactionOption>(words[1]));
                break;
            default:
                throw new ArgumentException($"There is no call '{words[0]}'.", nameof(words));
        }
    }

    // The key, "=" if it counts itself, and how many keys from there.
    private static KeySelector Selector(ReadOnlySpan<string> words) => new(
        Key(words[0]), words[1] == "=", int.Parse(words[2], CultureInfo.InvariantCulture));

    private static int Limit(string[] words)
    {
        var index = Array.IndexOf(words, "limit");
        return index < 0 ? 0 : int.Parse(words[index + 1], CultureInfo.InvariantCulture);
    }

    private static KeyRange Range(string[] words) => new(Key(words[1]), Key(words[2]));

    private static byte[] Key(string text) => text == "-" ? [] : Bytes(text);
}
