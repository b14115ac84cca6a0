using System.Buffers.Binary;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Engine;

namespace FerrisDB.Tests.Blobs;

// Reading a large value leaves nothing of its size for the garbage collector, whether it is cached or not.
public sealed class BlobAllocationTests : IDisposable
{
    private const int Values = 1000;
    private const int ValueBytes = 5000;

    // For what happens once in many thousand operations; and for what was evicted and waits until no other test of this
    // process is inside an epoch any more.
    private const long AllowedBytes = 64 * Values;

    private readonly ManualScheduler _scheduler = new();
    private readonly byte[] _value = new byte[ValueBytes];
    private StorageEngine? _engine;

    [Theory]
    [InlineData(64)]
    [InlineData(4)] // the cache has no room for all of them
    public void Getting_large_values_allocates_nothing_of_their_size(int budgetMiB)
    {
        Open(budgetMiB);
        AssertAllocatesLittle(() =>
        {
            Span<byte> key = stackalloc byte[8];
            for (var number = 0; number < Values; number++)
            {
                BinaryPrimitives.WriteInt64BigEndian(key, number * 7919 % Values);
                if (!_engine!.TryRead(key, _value, out var length) || length != ValueBytes)
                    Assert.Fail($"Value {number} is missing.");
            }
        });
    }

    [Theory]
    [InlineData(64)]
    [InlineData(4)]
    public void Scanning_large_values_allocates_nothing_of_their_size(int budgetMiB)
    {
        Open(budgetMiB);
        using var cursor = _engine!.OpenCursor();
        AssertAllocatesLittle(() =>
        {
            var bytes = 0L;
            for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
                bytes += cursor.Value.Length;
            for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
                bytes += cursor.Value.Length;
            Assert.Equal(2L * Values * ValueBytes, bytes);
        });
    }

    public void Dispose() => _engine?.Dispose();

    private static void AssertAllocatesLittle(Action round)
    {
        round();
        round();
        Assert.InRange(Allocations.LeastOf(rounds: 3, round), 0, AllowedBytes);
    }

    private void Open(int budgetMiB)
    {
        _engine = StorageEngine.Open("db", new StorageOptions
        {
            FileSystem = new MemoryFileSystem(),
            Scheduler = _scheduler,
            Durability = Durability.Process,
            MemoryBudgetBytes = (long)budgetMiB << 20,
            MemTableBytes = 1 << 20,
            LargeValueBytesMin = 1000,
        });
        var random = new Random(1);
        var key = new byte[8];
        for (var number = 0; number < Values; number++)
        {
            BinaryPrimitives.WriteInt64BigEndian(key, number);
            random.NextBytes(_value);
            var batch = new WriteBatch();
            batch.Put(key, _value);
            HandDriven.Finish(_engine.WriteAsync(batch), _scheduler);
        }
        HandDriven.Finish(_engine.CompactAsync(), _scheduler);
    }
}
