using System.Buffers.Binary;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// What a program does a million times a second must leave nothing for the garbage collector.
public sealed class EngineAllocationTests : IDisposable
{
    private const int Operations = 10_000;

    // For what happens once in many thousand operations: a MemTable is sealed, a log segment begins.
    private const long AllowedBytes = 2048;

    private readonly StorageEngine _engine = StorageEngine.Open("db", new StorageOptions
    {
        FileSystem = new MemoryFileSystem(),
        Scheduler = new ManualScheduler(),
        Durability = Durability.Process,
        MemoryBudgetBytes = 64 << 20,
        MemTableBytes = 16 << 20,
        WalSegmentFirstBytes = 32 << 20,
    });

    [Fact]
    public void Put_allocates_nothing() => AssertAllocatesNothing(Put);

    [Fact]
    public void Reading_from_a_MemTable_allocates_nothing()
    {
        Put(0);
        AssertAllocatesNothing(Read);
    }

    [Fact]
    public void Reading_from_a_table_allocates_nothing()
    {
        FillTable();
        AssertAllocatesNothing(Read);
    }

    [Fact]
    public void Moving_a_cursor_allocates_nothing()
    {
        FillTable();
        Put(1);
        using var cursor = _engine.OpenCursor();
        AssertAllocatesNothing(_ =>
        {
            var sum = 0;
            for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
                sum += cursor.Key[^1] + cursor.Value[0];
            for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
                sum += cursor.Key[^1] + cursor.Value[0];
            Assert.NotEqual(0, sum);
        });
    }

    [Fact]
    public void Opening_a_cursor_and_seeking_allocates_nothing()
    {
        FillTable();
        Put(1);
        AssertAllocatesNothing(_ => SeekEverywhere(), allowedBytes: 0);
    }

    [Fact]
    public async Task Seeking_in_what_does_not_fit_the_cache_allocates_nothing()
    {
        using var engine = StorageEngine.Open("large", new StorageOptions
        {
            FileSystem = new MemoryFileSystem(),
            MemoryBudgetBytes = 6 << 20,
            MemTableBytes = 1 << 20,
            SealedMemTablesMax = 1,
            CompressionPerLevel = [Compression.Lz4],
        });
        var value = new byte[300];
        var random = new Random(1);
        for (var number = 0; number < 10_000; number++)
        {
            random.NextBytes(value);
            engine.Put(BitConverter.GetBytes(number), value);
        }
        await engine.CompactAsync();
        Assert.True(engine.GetStatistics().BlockCache.SizeBytes < 10_000 * value.Length / 2);
        AssertAllocatesNothing(_ =>
        {
            var key = new byte[sizeof(int)];
            for (var number = 0; number < 2_000; number++)
            {
                BitConverter.TryWriteBytes(key, (number * 7919) % 10_000);
                using var cursor = engine.OpenCursor();
                if (!cursor.Seek(key) || cursor.Value.Length != 300)
                    Assert.Fail($"Key {number} is missing.");
            }
        }, allowedBytes: 8 * AllowedBytes); // lists and pools may still grow
        Assert.True(engine.GetStatistics().BlockCache.Fills > 4_000);
    }

    public void Dispose() => _engine.Dispose();

    private static void AssertAllocatesNothing(Action<int> round, long allowedBytes = AllowedBytes)
    {
        var number = 0;
        round(number++);
        round(number++);
        Assert.InRange(Allocations.LeastOf(rounds: 4, () => round(number++)), 0, allowedBytes);
    }

    private void SeekEverywhere()
    {
        Span<byte> key = stackalloc byte[16];
        for (var number = 0; number < Operations; number++)
        {
            KeyOf(number, key);
            using var cursor = _engine.OpenCursor();
            var isFound = number % 2 == 0 ? cursor.Seek(key) : cursor.SeekBefore(key) && cursor.Next();
            if (!isFound || !cursor.Key.SequenceEqual(key))
                Assert.Fail($"Key {number} is missing.");
        }
    }

    private void FillTable()
    {
        Put(0);
        var flush = _engine.FlushAsync();
        ((ManualScheduler)_engine.Options.Scheduler!).RunUntilIdle();
        HandDriven.Finish(flush, (ManualScheduler)_engine.Options.Scheduler!);
    }

    private void Put(int round)
    {
        Span<byte> key = stackalloc byte[16];
        Span<byte> value = stackalloc byte[100];
        value.Fill(1);
        for (var number = 0; number < Operations; number++)
        {
            KeyOf(number, key);
            BinaryPrimitives.WriteInt32LittleEndian(value[4..], round);
            _engine.Put(key, value);
        }
    }

    private void Read(int round)
    {
        Span<byte> key = stackalloc byte[16];
        Span<byte> value = stackalloc byte[100];
        for (var number = 0; number < Operations; number++)
        {
            KeyOf(number, key);
            var isFound = _engine.TryRead(key, value, out var length);
            if (!isFound || length != 100)
                Assert.Fail($"Key {number} is missing in round {round}.");
        }
    }

    // Not in order, so that inserts go everywhere.
    private static void KeyOf(int number, Span<byte> key)
    {
        key.Clear();
        BinaryPrimitives.WriteInt32BigEndian(key[8..], (int)((uint)number * 2654435761));
    }
}
