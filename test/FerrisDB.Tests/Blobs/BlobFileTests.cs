using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Blobs;

// The file by itself: what is written is read, and nothing else ever is.
public sealed class BlobFileTests
{
    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Zstd)]
    internal void What_is_written_is_read(Compression compression)
    {
        foreach (var seed in Seeds.ToTry(standard: 10))
        {
            var blob = TestBlob.Create(compression, RandomValues(new Random(seed)));
            using var cache = new BlockCache(1 << 20);
            var reader = BlobReader.Open(TestBlob.Open(blob.Bytes), blob.Metadata, cache);
            foreach (var (reference, value) in blob.Values.Reverse().Concat(blob.Values))
            {
                Assert.True(BlobReference.TryRead(Encode(reference), out var decoded));
                Assert.Equal(reference, decoded);
                using var epoch = Epochs.Enter();
                Assert.Equal(value.Content, reader.Fetch(decoded, value.Key, value.Version).ToArray());
            }
            Assert.Equal(blob.Metadata.RecordBytes, blob.Values.Sum(each => (long)each.Reference.RecordSize));
            reader.Release();
            Assert.Equal(0, cache.PublishedBytes);
        }
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    internal async Task A_record_moves_to_another_blob_as_it_is(Compression compression)
    {
        var source = TestBlob.CreateSmall(compression);
        var disk = new MemoryFileSystem();
        using var file = disk.Create("16.blob");
        using var writer = new BlobWriter(file, 16, Compression.None);
        var moved = Move(source.Bytes, writer);
        var metadata = await writer.FinishAsync();
        Assert.Equal(source.Metadata.RecordBytes, metadata.RecordBytes);
        using var cache = new BlockCache(1 << 20);
        var reader = BlobReader.Open(disk.Open("16.blob", FileAccess.Read), metadata, cache);
        for (var index = 0; index < moved.Count; index++)
        {
            using var epoch = Epochs.Enter();
            var value = source.Values[index].Value;
            Assert.Equal(value.Content, reader.Fetch(moved[index], value.Key, value.Version).ToArray());
        }
        reader.Release();
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Zstd)]
    internal void Any_flipped_bit_is_found(Compression compression)
    {
        var blob = TestBlob.CreateSmall(compression);
        Assert.Null(ErrorOfReadingAll(blob, blob.Bytes));
        for (var offset = 0; offset < blob.Bytes.Length; offset++)
        {
            var damaged = blob.Bytes.ToArray();
            damaged[offset] ^= (byte)(1 << (offset % 8));
            AssertNamesTheFile(ErrorOfReadingAll(blob, damaged), $"a flip at {offset}");
            AssertNamesTheFile(ErrorOfWalking(damaged), $"a flip at {offset}, walking");
        }
    }

    [Fact]
    public void Any_cut_and_any_extension_is_found()
    {
        var blob = TestBlob.CreateSmall(Compression.Lz4);
        for (var length = 0; length < blob.Bytes.Length; length++)
            AssertNamesTheFile(ErrorOfReadingAll(blob, blob.Bytes[..length]), $"a cut to {length}");
        AssertNamesTheFile(ErrorOfReadingAll(blob, [.. blob.Bytes, 0]), "one byte more");
        AssertNamesTheFile(ErrorOfReadingAll(blob, [.. blob.Bytes, .. blob.Bytes]), "twice the file");
    }

    [Fact]
    public void A_newer_format_is_refused_with_both_numbers()
    {
        var blob = TestBlob.CreateSmall(Compression.None);
        blob.Bytes[8] = 9;
        BitConverter.TryWriteBytes(blob.Bytes.AsSpan(28), Crc32C.Of(blob.Bytes.AsSpan(0, 28)));
        var error = ErrorOfReadingAll(blob, blob.Bytes);
        Assert.Equal(ErrorCode.FormatTooNew, error?.Code);
        Assert.Contains("blob format 9; this program reads up to 1", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_to_anything_but_its_own_value_is_refused()
    {
        var blob = TestBlob.CreateSmall(Compression.None);
        var (first, value) = blob.Values[0];
        var (second, other) = blob.Values[1];
        Assert.Null(ErrorOfReading(blob, first, value.Key, value.Version));
        BlobReference[] wrong =
        [
            second, first with { Offset = first.Offset + 1 }, first with { RecordSize = first.RecordSize + 1 },
            first with { ValueSize = first.ValueSize - 1 }, first with { Index = 4 },
            first with { Offset = blob.Bytes.Length }, first with { RecordSize = 1 << 20 },
            first with { Offset = long.MaxValue / 2 },
        ];
        foreach (var reference in wrong)
            AssertNamesTheFile(ErrorOfReading(blob, reference, value.Key, value.Version), $"{reference}");
        AssertNamesTheFile(ErrorOfReading(blob, first, other.Key, value.Version), "another key");
        AssertNamesTheFile(ErrorOfReading(blob, first, value.Key, value.Version + 1), "another version");
    }

    [Fact]
    public void A_value_that_is_cached_is_not_taken_for_another_of_its_number()
    {
        var blob = TestBlob.CreateSmall(Compression.None);
        using var cache = new BlockCache(1 << 20);
        var reader = BlobReader.Open(TestBlob.Open(blob.Bytes), blob.Metadata, cache);
        var (first, value) = blob.Values[0];
        var (second, other) = blob.Values[1];
        using (Epochs.Enter())
        {
            reader.Fetch(first, value.Key, value.Version);
            var error = Assert.Throws<FerrisException>(() =>
            {
                reader.Fetch(second with { Index = first.Index }, other.Key, other.Version);
            });
            Assert.Contains("000015.blob is damaged at offset", error.Message, StringComparison.Ordinal);
        }
        reader.Release();
    }

    [Fact]
    public void Bytes_that_are_no_reference_are_refused()
    {
        var random = new Random(1);
        var encoded = Encode(new BlobReference(15, 1 << 20, 4000, 3900, 77));
        for (var length = 0; length < encoded.Length; length++)
            Assert.False(BlobReference.TryRead(encoded.AsSpan(0, length), out _));
        Assert.False(BlobReference.TryRead([.. encoded, 0], out _));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(24)];
            random.NextBytes(bytes);
            if (BlobReference.TryRead(bytes, out var reference))
                Assert.Equal(bytes, Encode(reference));
        }
    }

    [Fact]
    public void Bytes_that_are_no_list_of_uses_are_refused()
    {
        var uses = new BlobUses([new BlobUse(3, 2, 100), new BlobUse(9, 1, 64)]);
        var encoded = BlobUsesCodec.Encode(uses);
        Assert.Equal(uses, BlobUsesCodec.TryDecode(encoded));
        for (var length = 0; length < encoded.Length; length++)
            Assert.Equal(length is 0 or 24, BlobUsesCodec.TryDecode(encoded.AsSpan(0, length)) is not null);
        Assert.Null(BlobUsesCodec.TryDecode([.. encoded[24..], .. encoded[..24]]));
        Assert.Null(BlobUsesCodec.TryDecode([.. encoded, .. encoded[24..]]));
    }

    [Fact]
    public void The_bytes_of_a_small_blob_are_what_the_golden_file_says()
    {
        var text = new StringWriter { NewLine = "\n" };
        var bytes = TestBlob.CreateSmall(Compression.Lz4).Bytes;
        Assert.True(BlobInspector.Write(TestBlob.Open(bytes), TestBlob.Number, text, withRecords: true));
        text.WriteLine();
        Assert.True(BlobInspector.WriteBytes(TestBlob.Open(bytes), text));
        GoldenFile.Check("blob.txt", text.ToString());
    }

    [Fact]
    public void A_damaged_record_is_shown_as_such_and_the_others_as_they_are()
    {
        var bytes = TestBlob.CreateSmall(Compression.None).Bytes;
        bytes[70] ^= 1;
        var text = new StringWriter { NewLine = "\n" };
        Assert.False(BlobInspector.Write(TestBlob.Open(bytes), TestBlob.Number, text, withRecords: true));
        Assert.Contains("is damaged at offset 32: expected checksum", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("fruit/banana @9 = 6 bytes", text.ToString(), StringComparison.Ordinal);
    }

    private static List<BlobReference> Move(byte[] source, BlobWriter writer)
    {
        var moved = new List<BlobReference>();
        for (var walk = new BlobWalk(TestBlob.Open(source)); !walk.IsAtEnd; walk.Skip())
            moved.Add(writer.Add(walk.Read()));
        return moved;
    }

    private static byte[] Encode(BlobReference reference)
    {
        var bytes = new byte[BlobReference.SizeMax];
        return bytes[..reference.WriteTo(bytes)];
    }

    private static IEnumerable<BlobValueModel> RandomValues(Random random)
    {
        for (var count = random.Next(1, 100); count > 0; count--)
        {
            var key = new byte[random.Next(20)];
            var content = new byte[random.Next(8) == 0 ? random.Next(70_000) : random.Next(300)];
            random.NextBytes(key);
            if (random.Next(2) == 0)
                random.NextBytes(content);
            yield return new BlobValueModel(key, random.NextInt64(EntryTag.VersionMax), content);
        }
    }

    private static FerrisException? ErrorOfReadingAll(TestBlob blob, byte[] bytes)
    {
        foreach (var (reference, value) in blob.Values)
        {
            if (ErrorOfReading(blob, reference, value.Key, value.Version, bytes) is { } error)
                return error;
        }
        return null;
    }

    private static FerrisException? ErrorOfReading(
        TestBlob blob, BlobReference reference, byte[] key, long version, byte[]? bytes = null)
    {
        using var cache = new BlockCache(1 << 20);
        BlobReader? reader = null;
        try
        {
            reader = BlobReader.Open(TestBlob.Open(bytes ?? blob.Bytes), blob.Metadata, cache);
            using var epoch = Epochs.Enter();
            reader.Fetch(reference, key, version);
            return null;
        }
        catch (FerrisException error)
        {
            return error;
        }
        finally
        {
            reader?.Release();
        }
    }

    private static FerrisException? ErrorOfWalking(byte[] bytes)
    {
        try
        {
            var file = TestBlob.Open(bytes);
            BlobFooter.Read(file, TestBlob.Number);
            for (var walk = new BlobWalk(file); !walk.IsAtEnd; walk.Skip())
            {
                var record = walk.Read();
                record.CopyValueTo(new byte[record.ValueSize], file.Path, walk.Offset);
            }
            return null;
        }
        catch (FerrisException error)
        {
            return error;
        }
    }

    private static void AssertNamesTheFile(FerrisException? error, string what)
    {
        Assert.True(error is { Code: ErrorCode.FileCorrupt }, $"{what} went unseen");
        Assert.Contains("000015.blob is damaged at offset", error.Message, StringComparison.Ordinal);
        Assert.Contains("found", error.Message, StringComparison.Ordinal);
    }
}
