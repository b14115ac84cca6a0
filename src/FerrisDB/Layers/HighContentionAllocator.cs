using System.Buffers.Binary;

namespace FerrisDB.Layers;

// Numbers are taken from a window that moves up: a transaction draws one by chance, so that those who draw at the same
// time seldom meet, and nobody waits for a common counter. Below the allocator's subspace:
//
//     (0, start)      how many draws there were in the window from `start` on, as 8 little-endian bytes (atomic adds)
//     (1, number)     empty: the number was drawn, by somebody in the present window
//
//     0           64           128             192
//     |  . .   .   |..  . ...   |     .   .     |
//        (gone)       (gone)     ^ start: (0, 128) = 2, and (1, n) for each dot
//
// The window is 64 numbers wide if it begins below 255, 1,024 below 65,535, and 8,192 from there on.
// A window that is half full is left for the next one, and its rows are cleared. Counters are read as of a snapshot:
// they decide nothing but where to draw. What decides is the row of the number: it is read, so that a transaction which
// drew the same number conflicts with whoever committed first. The write itself adds no conflict (a draw that is given
// up again must not disturb others); the number that is kept gets its write conflict in the end.
//
// The windows, the rows and the conflicts are those of FoundationDB's bindings: they can allocate from the same
// subspace at the same time.

/// <summary>
/// Hands out numbers, each once, to any number of transactions at the same time, and nearly as small as possible:
/// short prefixes for directories, short names for things.
/// </summary>
/// <remarks>
/// Immutable and thread-safe, and several may use the same subspace. A transaction that allocates conflicts only with
/// one that has drawn the same number, and draws another one when it is run again.
/// </remarks>
public sealed class HighContentionAllocator
{
    private readonly Subspace _counters;
    private readonly Subspace _recent;

    /// <summary>Creates an allocator that keeps its state in a subspace, which it needs for itself.</summary>
    public HighContentionAllocator(Subspace subspace)
    {
        ArgumentNullException.ThrowIfNull(subspace);
        _counters = subspace[0];
        _recent = subspace[1];
    }

    /// <summary>A number that no committed transaction has got from here, and none will.</summary>
    /// <returns>From 0 on; among the first n numbers at least about every fourth is used.</returns>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidDirectoryLayerMetadata"/>: the subspace holds
    /// something else. What reads can fail with.</exception>
    public async ValueTask<long> AllocateAsync(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        while (true)
        {
            var start = await FindWindowAsync(transaction, await ReadStartAsync(transaction));
            while (true)
            {
                var candidate = start + transaction.NextChance((int)WindowSize(start));
                var (latest, drawn) = Draw(transaction, candidate);
                var isTaken = await drawn is not null;
                // Somebody has moved the window on meanwhile, in this transaction: numbers of this one may be given out
                // again, as their rows are gone.
                if (ParseStart(await latest) > start)
                    break;
                if (isTaken)
                    continue;
                var key = _recent.Pack(candidate);
                transaction.AddWriteConflictRange(key, [.. key, 0]);
                return candidate;
            }
        }
    }

    /// <summary>How many numbers the window from <paramref name="start"/> on has.</summary>
    internal static long WindowSize(long start) => start switch
    {
        < 255 => 64,
        < 65_535 => 1024,
        _ => 8192,
    };

    // Counts this draw in the first window that is less than half full.
    private async ValueTask<long> FindWindowAsync(Transaction transaction, long start)
    {
        for (var isNew = false; ; isNew = true)
        {
            if (await Count(transaction, start, isNew) * 2 < WindowSize(start))
                return start;
            start += WindowSize(start);
        }
    }

    // Others may allocate in the same transaction at the same time: what belongs together is done under its gate.
    private ValueTask<long> Count(Transaction transaction, long start, bool isNewWindow)
    {
        var counter = _counters.Pack(start);
        lock (transaction.Gate)
        {
            if (isNewWindow)
            {
                transaction.ClearRange(_counters.Pack(), counter);
                transaction.SetOption(TransactionOption.NextWriteNoWriteConflictRange);
                transaction.ClearRange(_recent.Pack(), _recent.Pack(start));
            }
            transaction.Add(counter, 1);
            return ParseCount(transaction.Snapshot.GetAsync(counter));
        }
    }

    private (ValueTask<RangePage> Latest, ValueTask<byte[]?> Drawn) Draw(Transaction transaction, long candidate)
    {
        var key = _recent.Pack(candidate);
        lock (transaction.Gate)
        {
            var latest = ReadLatest(transaction);
            var drawn = transaction.GetAsync(key);
            transaction.SetOption(TransactionOption.NextWriteNoWriteConflictRange);
            transaction.Set(key, []);
            return (latest, drawn);
        }
    }

    private async ValueTask<long> ReadStartAsync(Transaction transaction) => ParseStart(await ReadLatest(transaction));

    private ValueTask<RangePage> ReadLatest(Transaction transaction) =>
        transaction.Snapshot.GetPageAsync(_counters.Range(), new RangeOptions { Limit = 1, Reverse = true });

    private long ParseStart(RangePage page)
    {
        if (page.Count == 0)
            return 0;
        return TupleEncoding.TryUnpack<long>(page[0].Key.Span[_counters.Prefix.Length..], out var start) && start >= 0
            ? start
            : throw Malformed("a key that is no window's");
    }

    private static async ValueTask<long> ParseCount(ValueTask<byte[]?> read) => await read switch
    {
        null => 0,
        { Length: sizeof(long) } count => BinaryPrimitives.ReadInt64LittleEndian(count),
        _ => throw Malformed("a counter that has not 8 bytes"),
    };

    private static FerrisException Malformed(string what) => new(
        ErrorCode.InvalidDirectoryLayerMetadata, $"The subspace of an allocator has {what}.");
}
