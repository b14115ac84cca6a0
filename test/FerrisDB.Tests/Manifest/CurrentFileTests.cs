using FerrisDB.Storage;

namespace FerrisDB.Tests.Manifest;

// One line names the manifest that counts. Anything but what would be written for that manifest is refused.
public sealed class CurrentFileTests
{
    private const string Folder = "db";

    [Theory]
    [InlineData(1)]
    [InlineData(999_999)]
    [InlineData(long.MaxValue)]
    public async Task A_number_survives_writing(long number)
    {
        var disk = NewDisk();
        await CurrentFile.ReplaceAsync(disk, Folder, number);
        Assert.Equal(number, CurrentFile.Read(disk, Folder));
        Assert.Equal([FileNames.Current], disk.List(Folder));
    }

    [Fact]
    public void Any_cut_any_flipped_bit_and_any_more_is_refused()
    {
        var good = CurrentFile.Format(3);
        for (var length = 0; length < good.Length; length++)
            Assert.Equal(ErrorCode.FileCorrupt, ErrorOf(good[..length])?.Code);
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var flipped = good.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ErrorCode.FileCorrupt, ErrorOf(flipped)?.Code);
        }
        Assert.Equal(ErrorCode.FileCorrupt, ErrorOf([.. good, (byte)'\n'])?.Code);
        Assert.Equal(ErrorCode.FileCorrupt, ErrorOf([.. good, .. new byte[1 << 20]])?.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_mutated_line_is_refused_with_file_and_offset(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 4000; round++)
        {
            var line = CurrentFile.Format(random.NextInt64(1, long.MaxValue));
            var mutated = Mutate(line, random);
            var error = ErrorOf(mutated);
            var isAsItShould = mutated.AsSpan().SequenceEqual(line)
                ? error is null
                : error?.Code == ErrorCode.FileCorrupt && error.Message.StartsWith("db/CURRENT is damaged at offset ");
            Assert.True(isAsItShould, $"seed {seed}, round {round}: {error}");
        }
    }

    private static byte[] Mutate(byte[] line, Random random)
    {
        var bytes = line.ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            if (random.Next(4) == 0)
                bytes.RemoveAt(at);
            else if (random.Next(4) == 0)
                bytes.Insert(at, bytes[random.Next(bytes.Count)]);
            else
                bytes[at] = (byte)(random.Next(2) == 0 ? random.Next(256) : '0' + random.Next(10));
        }
        return [.. bytes];
    }

    private static FerrisException? ErrorOf(byte[] content)
    {
        var disk = NewDisk();
        TestEdits.WriteAll(disk, $"{Folder}/{FileNames.Current}", content);
        return (FerrisException?)Record.Exception(() => CurrentFile.Read(disk, Folder));
    }

    private static MemoryFileSystem NewDisk()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        return disk;
    }
}
