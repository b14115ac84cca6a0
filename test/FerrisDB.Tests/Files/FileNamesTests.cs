using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(999_999)]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue)]
    public void A_name_tells_its_kind_and_number(long number)
    {
        AssertParses(FileNames.Wal(number), FileKind.Wal, number);
        AssertParses(FileNames.Table(number), FileKind.Table, number);
        AssertParses(FileNames.Blob(number), FileKind.Blob, number);
        AssertParses(FileNames.Manifest(number), FileKind.Manifest, number);
        AssertParses(FileNames.Temporary(number), FileKind.Temporary, number);
    }

    [Fact]
    public void Names_are_spelled_as_documented()
    {
        Assert.Equal("000007.wal", FileNames.Wal(7));
        Assert.Equal("000012.sst", FileNames.Table(12));
        Assert.Equal("000015.blob", FileNames.Blob(15));
        Assert.Equal("MANIFEST-000003", FileNames.Manifest(3));
        Assert.Equal("000021.tmp", FileNames.Temporary(21));
        AssertParses("CURRENT", FileKind.Current, 0);
        AssertParses("LOCK", FileKind.Lock, 0);
        AssertParses("CURRENT.tmp", FileKind.Temporary, 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".wal")]
    [InlineData("7.wal")]
    [InlineData("0000007.wal")]
    [InlineData("00000x.wal")]
    [InlineData("-00007.wal")]
    [InlineData(" 00007.wal")]
    [InlineData("000007.WAL")]
    [InlineData("000007.wal ")]
    [InlineData("000007.wal.bak")]
    [InlineData("000007")]
    [InlineData("000007.log")]
    [InlineData("MANIFEST-")]
    [InlineData("MANIFEST-3")]
    [InlineData("MANIFEST-000003.tmp")]
    [InlineData("manifest-000003")]
    [InlineData("current")]
    [InlineData("lock")]
    [InlineData("9999999999999999999.wal")]
    [InlineData("٠٠٠٠٠٧.wal")]
    public void Every_other_name_is_not_ours(string name) => Assert.False(FileNames.TryParse(name, out _, out _));

    private static void AssertParses(string name, FileKind kind, long number)
    {
        Assert.True(FileNames.TryParse(name, out var parsedKind, out var parsedNumber), name);
        Assert.Equal(kind, parsedKind);
        Assert.Equal(number, parsedNumber);
    }
}
