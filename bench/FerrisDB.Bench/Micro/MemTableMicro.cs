using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>What one operation on a MemTable costs, by itself, on one thread: 16-byte keys, 100-byte values.</summary>
/// <remarks>
/// Keys are computed, not looked up, so that only the MemTable misses the cache. Every operation runs a few times on
/// fresh MemTables and the median counts. On a busy machine the processor time is what to compare. Bytes allocated on
/// the garbage-collected heap are of all runs together.
/// </remarks>
internal sealed class MemTableMicro(
    int entries, int rounds, string only, MemTableStructure structure, TextWriter writer)
{
    private const int ValueBytes = 100;
    private const int BatchEntries = 100;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly long _capacityBytes = entries * 256L;

    private enum Order
    {
        Random,
        Ascending,

        // Eight bytes in common, as the keys of one subspace have: prefixes decide nothing.
        RandomWithCommonPrefix,
    }

    /// <summary>Runs everything; <paramref name="entries"/> is rounded up to a power of two.</summary>
    /// <remarks>
    /// <paramref name="only"/> is a part of the names of the operations to run, or empty; without a structure all are
    /// measured.
    /// </remarks>
    public static void Run(int entries, int rounds, string only, MemTableStructure? structure, TextWriter writer)
    {
        entries = (int)BitOperations.RoundUpToPowerOf2((uint)entries);
        foreach (var each in structure is { } one ? [one] : Enum.GetValues<MemTableStructure>())
            new MemTableMicro(entries, rounds, only, each, writer).RunAll();
    }

    private void RunAll()
    {
        writer.WriteLine($"{structure}, {entries:N0} entries of 16 + {ValueBytes} bytes, median of {rounds}");
        foreach (var order in Enum.GetValues<Order>())
        {
            var memTable = Fill(order);
            writer.WriteLine($"  {order}: {(double)memTable.SizeBytes / entries:F1} bytes per entry");
            memTable.Release();
            Measure("insert", () => Fill(order).Release());
            Measure("insert by batches", () => FillByBatches(order).Release());
            MeasureReads(order);
        }
    }

    private void MeasureReads(Order order)
    {
        var memTable = Fill(order);
        Measure("get", () => GetAll(memTable, order));
        Measure("get, absent", () => GetAbsent(memTable, order));
        Measure("scan", () => Scan(memTable));
        Measure("scan backwards", () => ScanBackwards(memTable));
        memTable.Release();
    }

    private void Measure(string what, Action operations)
    {
        if (!what.Contains(only, StringComparison.OrdinalIgnoreCase))
            return;
        var millions = new double[rounds];
        var processor = new double[rounds];
        operations(); // compiles it
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            var processorBefore = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            operations();
            millions[round] = entries / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
            processor[round] = (Environment.CpuUsage.TotalTime - processorBefore).TotalNanoseconds / entries;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(millions);
        Array.Sort(processor);
        var perOperation = (double)allocated / ((double)rounds * entries);
        writer.WriteLine(
            $"    {what,-20}{millions[rounds / 2],8:F2} M/s   {millions[0]:F2}..{millions[^1]:F2}   " +
            $"{processor[rounds / 2],6:F0} ns of processor   {perOperation:F3} B");
    }

    private MemTable Fill(Order order)
    {
        var memTable = new MemTable(_capacityBytes, seed: 1, number: 1, structure);
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < entries; index++)
        {
            WriteKey(order, index, key);
            memTable.Add(key, new EntryTag(index + 1, EntryKind.Value), _value);
        }
        return memTable;
    }

    private MemTable FillByBatches(Order order)
    {
        var memTable = new MemTable(_capacityBytes, seed: 1, number: 1, structure);
        var batch = new WriteBatch();
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < entries;)
        {
            batch.Clear();
            for (var end = Math.Min(index + BatchEntries, entries); index < end; index++)
            {
                WriteKey(order, index, key);
                batch.Put(key, _value);
            }
            memTable.Apply(index, batch.Canonicalize());
        }
        return memTable;
    }

    private void GetAll(MemTable memTable, Order order)
    {
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < entries; index++)
        {
            WriteKey(order, Scatter(index), key);
            if (!memTable.TryGet(key, EntryTag.VersionMax, out _, out var value) || value[^1] != _value[^1])
                throw new InvalidOperationException("A key is missing.");
        }
    }

    private void GetAbsent(MemTable memTable, Order order)
    {
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < entries; index++)
        {
            WriteKey(order, Scatter(index), key);
            key[^1] ^= 1;
            if (memTable.TryGet(key, EntryTag.VersionMax, out _, out _))
                throw new InvalidOperationException("A key is there that was never added.");
        }
    }

    private void Scan(MemTable memTable)
    {
        using var cursor = memTable.OpenCursor();
        var count = 0;
        var bytes = 0L;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            bytes += cursor.Key.Length + cursor.Value[0];
            count++;
        }
        Check(count, bytes);
    }

    private void ScanBackwards(MemTable memTable)
    {
        using var cursor = memTable.OpenCursor();
        var count = 0;
        var bytes = 0L;
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
        {
            bytes += cursor.Key.Length + cursor.Value[0];
            count++;
        }
        Check(count, bytes);
    }

    private void Check(int count, long bytes)
    {
        if (count != entries || bytes < entries)
            throw new InvalidOperationException($"{count} entries instead of {entries}.");
    }

    // Odd factors permute the numbers below a power of two.
    private int Scatter(int index) => (int)((uint)index * 2654435769 & (uint)(entries - 1));

    private static void WriteKey(Order order, int index, Span<byte> key)
    {
        switch (order)
        {
            case Order.Ascending:
                BinaryPrimitives.WriteUInt64BigEndian(key, (ulong)index);
                BinaryPrimitives.WriteUInt64BigEndian(key[8..], 0);
                break;
            case Order.Random:
                BinaryPrimitives.WriteUInt64BigEndian(key, RandomSource.Mix((uint)index));
                BinaryPrimitives.WriteUInt64BigEndian(key[8..], (ulong)index << 1);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(key, 0x15_01_02_75_73_65_72_00);
                BinaryPrimitives.WriteUInt64BigEndian(key[8..], RandomSource.Mix((uint)index) << 1);
                break;
        }
    }
}
