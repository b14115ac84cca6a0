using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Keys;

// Canonical batches against a model: a dictionary of points and a list of ranges, changed operation by operation.
public sealed class WriteBatchTests
{
    [Fact]
    public void One_put_is_canonical_as_it_is()
    {
        var batch = new WriteBatch();
        batch.Put("key"u8, "value"u8);

        Assert.Equal("01000000" + "010305" + "6B657976616C7565", Convert.ToHexString(batch.Canonicalize()));
        Assert.Equal(1, batch.Count);
        Assert.Equal(batch.SizeBytes, batch.Canonicalize().Length);
    }

    [Fact]
    public void The_last_operation_on_a_key_wins()
    {
        var batch = new WriteBatch();
        batch.Put("b"u8, "1"u8);
        batch.Put("a"u8, "2"u8);
        batch.Put("b"u8, "3"u8);
        batch.Delete("a"u8);

        Assert.Equal(["delete a", "put b=3"], Describe(batch));
    }

    [Fact]
    public void A_later_range_drops_the_points_that_it_covers_and_an_earlier_one_does_not()
    {
        var batch = new WriteBatch();
        batch.Put("b"u8, "early"u8);
        batch.Put("d"u8, "outside"u8);
        batch.DeleteRange("a"u8, "d"u8);
        batch.Put("c"u8, "late"u8);
        batch.Delete("c\0"u8);

        Assert.Equal(["put c=late", "put d=outside", "clear a..d"], Describe(batch));
    }

    [Fact]
    public void Ranges_that_overlap_or_touch_become_one()
    {
        var batch = new WriteBatch();
        batch.DeleteRange("m"u8, "p"u8);
        batch.DeleteRange("a"u8, "c"u8);
        batch.DeleteRange("c"u8, "e"u8);
        batch.DeleteRange("b"u8, "d"u8);
        batch.DeleteRange("x"u8, "x"u8);

        Assert.Equal(["clear a..e", "clear m..p"], Describe(batch));
    }

    [Fact]
    public void An_inverted_range_is_refused()
    {
        var error = Assert.Throws<FerrisException>(() => new WriteBatch().DeleteRange("b"u8, "a"u8));
        Assert.Equal(ErrorCode.InvertedRange, error.Code);
    }

    [Fact]
    public void A_batch_may_grow_after_it_was_canonicalized()
    {
        var batch = new WriteBatch();
        batch.Put("b"u8, "1"u8);
        _ = batch.Canonicalize();
        batch.Put("a"u8, "2"u8);
        Assert.Equal(["put a=2", "put b=1"], Describe(batch));
        batch.Put("c"u8, "3"u8);
        Assert.Equal(["put a=2", "put b=1", "put c=3"], Describe(batch));
    }

    [Fact]
    public void Clear_keeps_the_memory_and_nothing_else()
    {
        var batch = new WriteBatch();
        var key = new byte[16];

        Fill();
        Assert.Equal(0, Allocations.LeastOf(rounds: 5, Fill));
        batch.Clear();
        Assert.Equal((0, 4, 0, 0), (batch.Count, batch.SizeBytes, batch.LongestKeyBytes, batch.LongestValueBytes));

        void Fill()
        {
            batch.Clear();
            for (var index = 100; index > 0; index--)
            {
                key[0] = (byte)index;
                batch.Put(key, key);
            }
            _ = batch.Canonicalize();
        }
    }

    [Fact]
    public void A_million_operations_in_the_worst_order_sort_correctly()
    {
        var batch = new WriteBatch();
        var key = new byte[12];
        for (var index = 1_000_000; index > 0; index--)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(8), index ^ 0x5555);
            batch.Put(key, []);
        }
        var canonical = batch.Canonicalize();
        Assert.Equal(batch.SizeBytes, canonical.Length);
        BatchReader.Verify(canonical);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Canonical_batches_do_what_their_operations_do(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var batch = new WriteBatch();
            var model = new BatchModel();
            for (var count = random.Next(round % 100 == 0 ? 400 : 12); count >= 0; count--)
                ApplyRandom(random, batch, model);
            var context = $"seed {seed}, round {round}";
            BatchReader.Verify(batch.Canonicalize(), context);
            Assert.Equal(model.Describe(), Describe(batch));
        }
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_of_a_batch_is_refused_or_decodes_within_bounds()
    {
        var batch = new WriteBatch();
        batch.Put("apple"u8, new byte[200]);
        batch.Delete("banana"u8);
        batch.DeleteRange("c"u8, "d"u8);
        var bytes = batch.Canonicalize().ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Equal(ErrorCode.FileCorrupt, Assert.Throws<FerrisException>(() => BatchReader.Verify(cut)).Code);
        }
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                BatchReader.Verify(flipped);
            }
            catch (FerrisException error)
            {
                Assert.Equal(ErrorCode.FileCorrupt, error.Code);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_mutated_batch_is_refused_or_decodes_within_bounds(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 4000; round++)
        {
            var batch = new WriteBatch();
            for (var count = random.Next(6); count >= 0; count--)
                ApplyRandom(random, batch, new BatchModel());
            var bytes = batch.Canonicalize().ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(4));
            try
            {
                BatchReader.Verify(bytes);
            }
            catch (FerrisException error)
            {
                Assert.True(error.Code == ErrorCode.FileCorrupt, $"seed {seed}, round {round}: {error}");
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}");
            }
        }
    }

    internal static void ApplyRandom(Random random, WriteBatch batch, BatchModel model)
    {
        var key = RandomKey(random);
        switch (random.Next(5))
        {
            case 0:
                batch.Delete(key);
                model.Delete(key);
                break;
            case 1:
                var other = RandomKey(random);
                var (begin, end) = key.AsSpan().SequenceCompareTo(other) <= 0 ? (key, other) : (other, key);
                batch.DeleteRange(begin, end);
                model.DeleteRange(begin, end);
                break;
            default:
                var value = new byte[random.Next(200) == 0 ? 300 : random.Next(4)];
                random.NextBytes(value);
                batch.Put(key, value);
                model.Put(key, value);
                break;
        }
    }

    // Few letters and zeros at the end, so that keys repeat, are prefixes of each other and have equal 8-byte prefixes.
    private static byte[] RandomKey(Random random)
    {
        var key = new byte[random.Next(2) == 0 ? random.Next(3) : 7 + random.Next(4)];
        for (var index = 0; index < key.Length; index++)
            key[index] = index is > 0 and < 7 ? (byte)0 : (byte)random.Next(3);
        return key;
    }

    private static List<string> Describe(WriteBatch batch)
    {
        var lines = new List<string>();
        var reader = new BatchReader(batch.Canonicalize());
        while (reader.TryNext(out var entry))
            lines.Add(BatchModel.Describe(entry.Kind, entry.Key.ToArray(), entry.Value.ToArray()));
        return lines;
    }
}
