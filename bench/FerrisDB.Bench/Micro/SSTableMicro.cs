using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>What one operation on a table costs, by itself, on one thread: 16-byte keys, 100-byte values.</summary>
/// <remarks>
/// The file is in memory, so a block that is not cached costs its decoding and no disk. Keys are computed, not looked
/// up, so that only the table misses the cache. The median of a few rounds counts; on a busy machine the processor time
/// is what to compare.
/// </remarks>
internal sealed class SSTableMicro(int entries, int rounds, string only, TextWriter writer)
{
    private const int ValueBytes = 100;
    private const int SeekLength = 10;
    private const int PrefixBytes = 24;
    private const int DefaultBlockKb = 16;
    private const string FileName = "1.sst";

    private static readonly int[] OtherBlockKb = [4, 8, 32];

    private readonly MemoryFileSystem _files = new();
    private readonly byte[] _value = new byte[ValueBytes];

    private enum Order
    {
        // Differ early, as hashes do.
        Spread,

        // Differ behind 24 common bytes, as the keys of one subspace do.
        Prefixed,
    }

    /// <summary>Runs everything; <paramref name="entries"/> is rounded up to a power of two.</summary>
    /// <remarks><paramref name="only"/> is a part of the names of the operations to run, or empty.</remarks>
    public static void Run(int entries, int rounds, string only, TextWriter writer) =>
        new SSTableMicro((int)BitOperations.RoundUpToPowerOf2((uint)entries), rounds, only, writer).RunAll();

    private void RunAll()
    {
        writer.WriteLine($"Table, {entries:N0} entries of 16 + {ValueBytes} bytes, median of {rounds}");
        foreach (var order in Enum.GetValues<Order>())
        {
            foreach (var compression in Enum.GetValues<Compression>())
                Measure($"{order}: write, {compression}", () => Write(order, compression));
            MeasureReads(order, Compression.None, cacheBytes: 512L << 20);
            foreach (var compression in Enum.GetValues<Compression>())
                MeasureFills(order, compression, DefaultBlockKb);
            foreach (var blockKb in OtherBlockKb)
                MeasureFills(order, Compression.Lz4, blockKb);
        }
    }

    private void MeasureReads(Order order, Compression compression, long cacheBytes)
    {
        var metadata = Write(order, compression);
        using var cache = new BlockCache(cacheBytes);
        var table = SSTableReader.Open(_files.Open(FileName, FileAccess.Read), metadata, cache);
        writer.WriteLine(
            $"  {order}: {(double)metadata.SizeBytes / entries:F1} bytes per entry, {table.BlockCount} blocks, " +
            $"{table.MemoryBytes >> 10:N0} KiB open");
        Scan(table);
        Measure("get, all", () => GetAll(table, order));
        Measure("get, one table of cache", () => GetSome(table, order));
        Measure("get, absent", () => GetAbsent(table, order));
        Measure("seek", () => Seek(table, order, length: 0));
        Measure($"seek and {SeekLength} next", () => Seek(table, order, SeekLength));
        Measure("scan", () => Scan(table));
        Measure("scan backwards", () => ScanBackwards(table));
        table.Release();
    }

    private void MeasureFills(Order order, Compression compression, int blockKb)
    {
        var metadata = Write(order, compression, blockKb);
        using var cache = new BlockCache(1 << 20);
        var table = SSTableReader.Open(_files.Open(FileName, FileAccess.Read), metadata, cache);
        writer.WriteLine(
            $"  blocks of {blockKb} KiB: {(double)metadata.SizeBytes / entries:F1} bytes per entry, "
            + $"{table.MemoryBytes >> 10:N0} KiB open");
        Measure($"scan, uncached, {compression}", () => Scan(table));
        Measure($"get, uncached, {compression}", () => GetSome(table, order, step: 1 << 20), operations: entries >> 5);
        table.Release();
    }

    private void Measure(string what, Action run, int operations = 0)
    {
        if (!what.Contains(only, StringComparison.OrdinalIgnoreCase))
            return;
        operations = operations == 0 ? entries : operations;
        var nanoseconds = new double[rounds];
        var processor = new double[rounds];
        run(); // compiles it
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            var processorBefore = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            run();
            nanoseconds[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / operations;
            processor[round] = (Environment.CpuUsage.TotalTime - processorBefore).TotalNanoseconds / operations;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(nanoseconds);
        Array.Sort(processor);
        writer.WriteLine(
            $"    {what,-28}{nanoseconds[rounds / 2],8:F1} ns   {nanoseconds[0]:F1}..{nanoseconds[^1]:F1}   " +
            $"{processor[rounds / 2],6:F0} ns of processor   {(double)allocated / ((double)rounds * operations):F3} B");
    }

    private TableMetadata Write(Order order, Compression compression, int blockKb = DefaultBlockKb)
    {
        using var file = _files.Create(FileName);
        var options = new SSTableWriterOptions { Compression = compression, BlockSizeBytes = blockKb << 10 };
        using var table = new SSTableWriter(file, options);
        Span<byte> key = stackalloc byte[PrefixBytes + sizeof(ulong)];
        for (var index = 0; index < entries; index++)
        {
            FillValue(index);
            table.Add(WriteKey(order, index, key), new EntryTag(Scatter(index) + 1, EntryKind.Value), _value);
            if (table.PendingBytes > 1 << 20)
                table.WritePendingAsync().AsTask().GetAwaiter().GetResult();
        }
        return table.FinishAsync(fileNumber: 1).AsTask().GetAwaiter().GetResult();
    }

    private void GetAll(SSTableReader table, Order order)
    {
        Span<byte> key = stackalloc byte[PrefixBytes + sizeof(ulong)];
        for (var index = 0; index < entries; index++)
            Get(table, WriteKey(order, Scatter(index), key));
    }

    // Keys from a window of the table at a time, so that its blocks stay in the processor's cache.
    private void GetSome(SSTableReader table, Order order, int step = 0)
    {
        Span<byte> key = stackalloc byte[PrefixBytes + sizeof(ulong)];
        if (step > 0)
        {
            for (var index = 0; index < entries >> 5; index++)
                Get(table, WriteKey(order, Scatter(index), key));
            return;
        }
        for (var index = 0; index < entries; index++)
            Get(table, WriteKey(order, Scatter(index) & 1023, key));
    }

    private void GetAbsent(SSTableReader table, Order order)
    {
        Span<byte> key = stackalloc byte[PrefixBytes + sizeof(ulong)];
        for (var index = 0; index < entries; index++)
        {
            var wanted = WriteKey(order, Scatter(index), key);
            wanted[^1] ^= 1;
            using var epoch = Epochs.Enter();
            if (table.TryGet(wanted, KeyHash.Of(wanted), EntryTag.VersionMax, out _, out _))
                throw new InvalidOperationException("A key is there that was never added.");
        }
    }

    private void Seek(SSTableReader table, Order order, int length)
    {
        Span<byte> key = stackalloc byte[PrefixBytes + sizeof(ulong)];
        using var cursor = table.OpenCursor();
        for (var index = 0; index < entries; index++)
        {
            var isValid = cursor.Seek(WriteKey(order, Scatter(index), key), EntryTag.First);
            if (!isValid || cursor.Value.Length != ValueBytes)
                throw new InvalidOperationException("A key is missing.");
            for (var step = 0; step < length && isValid; step++)
                isValid = cursor.Next();
        }
    }

    private void Scan(SSTableReader table)
    {
        using var cursor = table.OpenCursor();
        var (count, bytes) = (0, 0L);
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            bytes += cursor.Key.Length + cursor.Value[^1];
            count++;
        }
        Check(count, bytes);
    }

    private void ScanBackwards(SSTableReader table)
    {
        using var cursor = table.OpenCursor();
        var (count, bytes) = (0, 0L);
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
        {
            bytes += cursor.Key.Length + cursor.Value[^1];
            count++;
        }
        Check(count, bytes);
    }

    private void Check(int count, long bytes)
    {
        if (count != entries || bytes < entries)
            throw new InvalidOperationException($"{count} entries instead of {entries}.");
    }

    private static void Get(SSTableReader table, ReadOnlySpan<byte> key)
    {
        using var epoch = Epochs.Enter();
        if (!table.TryGet(key, KeyHash.Of(key), EntryTag.VersionMax, out _, out var value) || value[^1] == 255)
            throw new InvalidOperationException("A key is missing.");
    }

    // Odd factors permute the numbers below a power of two.
    private int Scatter(int index) => (int)((uint)index * 2654435769 & (uint)(entries - 1));

    private Span<byte> WriteKey(Order order, int index, Span<byte> key)
    {
        if (order == Order.Spread)
        {
            BinaryPrimitives.WriteUInt64BigEndian(key, (ulong)index * (ulong.MaxValue / (ulong)entries));
            BinaryPrimitives.WriteUInt64BigEndian(key[8..], (ulong)index << 1);
            return key[..16];
        }
        key[..PrefixBytes].Fill((byte)'p');
        BinaryPrimitives.WriteUInt64BigEndian(key[PrefixBytes..], (ulong)index << 1);
        return key;
    }

    // Half random, half zeros: compresses to about half.
    private void FillValue(int index)
    {
        for (var at = 0; at < ValueBytes / 2; at += sizeof(ulong))
            BinaryPrimitives.WriteUInt64LittleEndian(_value.AsSpan(at), RandomSource.Mix((uint)(index + (at << 20))));
    }
}
