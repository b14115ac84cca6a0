using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>
/// A table whose entries can be told from their number, for tests of the cache: one key after the other.
/// </summary>
internal static class CachedTable
{
    public const int ValueSize = 100;

    public static TestTable Create(int entryCount, BlockCache cache, int blockSizeBytes = 4096) =>
        TestTable.Create(
            new TableModel(Enumerable.Range(0, entryCount).Select(number =>
                new ModelEntry(KeyOf(number), new EntryTag(1, EntryKind.Value), ValueOf(number)))),
            new SSTableWriterOptions { BlockSizeBytes = blockSizeBytes, FilterBitsPerKey = 0 },
            cache: cache);

    public static byte[] KeyOf(int number)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        return key;
    }

    public static byte[] ValueOf(int number)
    {
        var value = new byte[ValueSize];
        for (var index = 0; index < value.Length; index++)
            value[index] = (byte)(number + (index * (number | 1)));
        return value;
    }

    public static bool Get(TestTable table, int number)
    {
        using var epoch = Epochs.Enter();
        var key = KeyOf(number);
        return table.Reader.TryGet(key, KeyHash.Of(key), 1, out _, out var value)
            && value.SequenceEqual(ValueOf(number));
    }

    /// <summary>Walks all entries; returns how many there were.</summary>
    public static int Scan(TestTable table)
    {
        using var cursor = table.Reader.OpenCursor();
        var number = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next(), number++)
            Assert.True(cursor.Key.SequenceEqual(KeyOf(number)) && cursor.Value.SequenceEqual(ValueOf(number)));
        return number;
    }
}
