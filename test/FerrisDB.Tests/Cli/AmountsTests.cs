using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "0.98 KiB")]
    [InlineData(4096, "4.00 KiB")]
    [InlineData(12.3 * 1024 * 1024, "12.3 MiB")]
    [InlineData(456.0 * (1 << 30), "456 GiB")]
    public void Sizes_have_three_digits_and_a_unit(double bytes, string expected) =>
        Assert.Equal(expected, Amounts.Bytes(bytes));

    [Theory]
    [InlineData(0.000_64, "640 µs")]
    [InlineData(0.0123, "12.3 ms")]
    [InlineData(4.56, "4.56 s")]
    [InlineData(123, "2:03 min")]
    [InlineData(3723, "1:02:03 h")]
    public void Times_have_the_unit_that_fits(double seconds, string expected) =>
        Assert.Equal(expected, Amounts.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Counts_have_commas_and_a_noun_that_agrees()
    {
        Assert.Equal("1,234,567", Amounts.Count(1_234_567));
        Assert.Equal("1 key", Amounts.Count(1, "key"));
        Assert.Equal("2 entries", Amounts.Count(2, "entry", "entries"));
    }

    [Theory]
    [InlineData("get", "gte", true)]
    [InlineData("range", "rang", true)]
    [InlineData("range", "ra", true)]
    [InlineData("get", "x", false)]
    [InlineData("count", "import", false)]
    public void A_mistyped_word_is_near_to_what_was_meant(string name, string word, bool isNear) =>
        Assert.Equal(isNear, Spelling.IsNear(name, word));
}
