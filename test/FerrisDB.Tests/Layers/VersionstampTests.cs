using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

public sealed class VersionstampTests
{
    [Fact]
    public void Bytes_are_version_order_and_user_version()
    {
        var stamp = new Versionstamp(0x0102030405060708, 0x090a, 0x0b0c);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], stamp.ToByteArray());
        Assert.Equal(stamp, Versionstamp.FromBytes(stamp.ToByteArray()));
        Assert.Equal(
            new Versionstamp(0x0102030405060708, 0x090a), Versionstamp.FromBytes(stamp.ToByteArray().AsSpan(0, 10)));
        Assert.Equal("0102030405060708090a:2828", stamp.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => stamp.WriteTo(new byte[11]));
    }

    [Fact]
    public void An_incomplete_one_is_completed_by_the_commit()
    {
        var incomplete = Versionstamp.Incomplete(7);

        Assert.False(incomplete.IsComplete);
        Assert.Equal("ffffffffffffffffffff0007", Convert.ToHexStringLower(incomplete.ToByteArray()));
        Assert.Equal("incomplete:7", incomplete.ToString());
        Assert.Equal(new Versionstamp(200, 3, 7), incomplete.CompletedBy(new Versionstamp(200, 3)));
        Assert.True(new Versionstamp(-1, 0).IsComplete);
    }

    [Fact]
    public void They_are_ordered_by_version_order_and_user_version()
    {
        Versionstamp[] ascending =
        [
            default, new(0, 0, 1), new(0, 1, 0), new(1, 0, 0), new(long.MaxValue, 0), new(long.MinValue, 0),
            Versionstamp.Incomplete(), Versionstamp.Incomplete(1),
        ];

        Assert.Equal(ascending, ascending.Reverse().Order());
        Assert.True(ascending[0] < ascending[1] && ascending[1] <= ascending[2] && ascending[2] >= ascending[1]);
        Assert.True(ascending[3] > ascending[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    public void Other_lengths_are_refused(int length)
    {
        var error = Assert.Throws<FerrisException>(() => Versionstamp.FromBytes(new byte[length]));

        Assert.Equal(ErrorCode.InvalidVersionstampSize, error.Code);
    }
}
