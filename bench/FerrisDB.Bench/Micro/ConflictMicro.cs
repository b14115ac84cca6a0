using System.Buffers.Binary;
using System.Diagnostics;
using FerrisDB.Transactions;

namespace FerrisDB.Bench;

/// <summary>What checks and writes of a conflict set cost, by themselves, on one thread.</summary>
/// <remarks>
/// The set is in its steady state: each write has a version of its own, and what is older than as many writes as give
/// the boundaries asked for is forgotten. Keys are computed, not looked up. A range counts whether it is checked or
/// written. Every case runs a few times and the median counts.
/// </remarks>
internal sealed class ConflictMicro(int boundaries, int rounds, string only, TextWriter writer)
{
    private const int Operations = 400_000;
    private const int KeyBytesMax = 64;

    // As a reader has it whose transaction is one of a hundred that run at once.
    private const int RecentVersions = 100;

    private ConflictSet _set = new(0);
    private long _version;
    private long _number; // of keys that were added
    private ulong _asked;
    private long _conflicts;

    private enum Order
    {
        Random,
        Ascending,

        // As tuples in a directory have it.
        RandomWithCommonPrefix,
    }

    public void Run()
    {
        writer.WriteLine($"{boundaries:N0} boundaries, median of {rounds}");
        foreach (var order in Enum.GetValues<Order>())
            RunPoints(order);
        RunRanges();
    }

    private void RunPoints(Order order)
    {
        Fill(order);
        var old = boundaries / 2;
        Measure($"{order}: check + add", 2, () => CheckAndAddPoints(order, RecentVersions));
        Measure($"{order}: check + add, old", 2, () => CheckAndAddPoints(order, old));
        Measure($"{order}: check, recent", 1, () => CheckPoints(order, RecentVersions));
        Measure($"{order}: check, old reader", 1, () => CheckPoints(order, old));
        Measure($"{order}: add", 1, () => AddPoints(order));
    }

    private void RunRanges()
    {
        Fill(Order.Random);
        // Shares of all keys: a few boundaries, a thousandth of them, a tenth.
        Measure("Ranges over 4: check", 1, () => CheckRanges(boundaries / 4));
        Measure("Ranges over 1/1000: check", 1, () => CheckRanges(1_000));
        Measure("Ranges over 1/10: check", 1, () => CheckRanges(10));
        Measure("Ranges over 4: check + add", 2, () => CheckAndAddRanges(boundaries / 4));
        Fill(Order.Random);
        Measure("Ranges over 1/1000: add", 1, () => AddRangesAmongPoints(1_000));
    }

    private void Measure(string what, int rangesPerOperation, Action operations)
    {
        if (!what.Contains(only, StringComparison.OrdinalIgnoreCase))
            return;
        var millions = new double[rounds];
        operations(); // compiles it, and settles
        _conflicts = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            operations();
            millions[round] = Operations * rangesPerOperation / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(millions);
        writer.WriteLine(
            $"  {what,-40}{millions[rounds / 2],8:F2} M ranges/s   {millions[0]:F2}..{millions[^1]:F2}   " +
            $"{100.0 * _conflicts / ((double)rounds * Operations),5:F1} % conflicts   " +
            $"{_set.BoundaryCount,9:N0} boundaries   {(double)allocated / ((double)rounds * Operations):F3} B");
    }

    private void Fill(Order order)
    {
        _set = new ConflictSet(0);
        _version = 0;
        for (var index = 0; index < boundaries; index++)
            AddPoint(order);
        for (var index = 0; index < boundaries / Operations; index++)
            AddPoints(order);
    }

    private void CheckAndAddPoints(Order order, int behind)
    {
        Span<byte> key = stackalloc byte[KeyBytesMax];
        for (var index = 0; index < Operations; index++)
        {
            var length = WriteKey(order, Other(order), key);
            if (_set.IsWrittenAfter(key[..length], Math.Max(_version - behind, _set.OldestVersion)))
                _conflicts++;
            AddPoint(order);
        }
    }

    private void CheckPoints(Order order, int behind)
    {
        Span<byte> key = stackalloc byte[KeyBytesMax];
        for (var index = 0; index < Operations; index++)
        {
            var length = WriteKey(order, Other(order), key);
            if (_set.IsWrittenAfter(key[..length], Math.Max(_version - behind, _set.OldestVersion)))
                _conflicts++;
        }
    }

    private void AddPoints(Order order)
    {
        for (var index = 0; index < Operations; index++)
            AddPoint(order);
    }

    private void AddPoint(Order order)
    {
        Span<byte> key = stackalloc byte[KeyBytesMax];
        var length = WriteKey(order, _number++, key);
        _set.AddPoint(key[..length], ++_version);
        Forget(boundaries);
    }

    private void CheckRanges(int share)
    {
        Span<byte> begin = stackalloc byte[16];
        Span<byte> end = stackalloc byte[16];
        for (var index = 0; index < Operations; index++)
        {
            WriteRange(share, begin, end);
            if (_set.IsWrittenAfter(begin, end, Math.Max(_version - RecentVersions, _set.OldestVersion)))
                _conflicts++;
        }
    }

    private void CheckAndAddRanges(int share)
    {
        Span<byte> begin = stackalloc byte[16];
        Span<byte> end = stackalloc byte[16];
        for (var index = 0; index < Operations; index++)
        {
            WriteRange(share, begin, end);
            if (_set.IsWrittenAfter(begin, end, Math.Max(_version - RecentVersions, _set.OldestVersion)))
                _conflicts++;
            WriteRange(share, begin, end);
            _set.Add(begin, end, ++_version);
            Forget(boundaries / 2);
        }
    }

    // One range in a hundred writes, so that there is something to remove.
    private void AddRangesAmongPoints(int share)
    {
        Span<byte> begin = stackalloc byte[16];
        Span<byte> end = stackalloc byte[16];
        for (var index = 0; index < Operations; index++)
        {
            if (index % 100 != 0)
            {
                AddPoint(Order.Random);
                continue;
            }
            WriteRange(share, begin, end);
            _set.Add(begin, end, ++_version);
        }
    }

    private void Forget(int versions)
    {
        if ((_version & 63) == 0 && _version - versions > _set.OldestVersion)
            _set.Forget(_version - versions);
    }

    // One that was added a while ago, whether or not it is still known; or, of random ones, one that never was.
    private long Other(Order order)
    {
        var chance = RandomSource.Mix(++_asked);
        return order != Order.Ascending && (chance & 1) == 0
            ? ~(long)chance
            : _number - 1 - (long)((chance >> 1) % (ulong)boundaries);
    }

    private void WriteRange(int share, Span<byte> begin, Span<byte> end)
    {
        var start = RandomSource.Mix((ulong)_number++);
        var length = ulong.MaxValue / (ulong)share;
        begin.Clear();
        end.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(begin, Math.Min(start, ulong.MaxValue - length));
        BinaryPrimitives.WriteUInt64BigEndian(end, Math.Min(start, ulong.MaxValue - length) + length);
        end[^1] = 1;
    }

    private static int WriteKey(Order order, long number, Span<byte> key)
    {
        switch (order)
        {
            case Order.Random:
                BinaryPrimitives.WriteUInt64BigEndian(key, RandomSource.Mix((ulong)number));
                BinaryPrimitives.WriteInt64BigEndian(key[8..], number);
                return 16;
            case Order.Ascending:
                BinaryPrimitives.WriteInt64BigEndian(key, 0x15_01_02_75_73_65_72_00);
                BinaryPrimitives.WriteInt64BigEndian(key[8..], number);
                return 16;
            default:
                "\x15\x2a\x02application\0\x02users\0\x02by-id\0"u8.CopyTo(key);
                BinaryPrimitives.WriteUInt64BigEndian(key[30..], RandomSource.Mix((ulong)number));
                BinaryPrimitives.WriteInt64BigEndian(key[38..], number);
                return 46;
        }
    }
}
