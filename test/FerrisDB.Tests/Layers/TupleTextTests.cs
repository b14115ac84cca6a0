using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

public sealed class TupleTextTests
{
    [Theory]
    [InlineData("""("users", 42)""")]
    [InlineData("()")]
    [InlineData("""("say \"hi\"\\\n\r\t\u0000\u007f\u202e", b"\"\\a~\x7f\x00")""")]
    [InlineData("(1.5, 1E+300, 1.0, 1.0f, 0.1f, -0.0)")]
    public void A_tuple_is_written_as_it_is_read(string text) =>
        Assert.Equal(text, TupleText.Format(TupleText.Parse(text)));

    [Theory]
    [InlineData(""" ( "a" , 1 , ) """, """("a", 1)""")]
    [InlineData("(1e3)", "(1000.0)")]
    [InlineData("(+7, -0, 007)", "(7, 0, 7)")]
    [InlineData("(1f)", "(1.0f)")]
    [InlineData("(550E8400-E29B-41D4-A716-446655440000)", "(550e8400-e29b-41d4-a716-446655440000)")]
    public void People_may_write_it_otherwise(string text, string expected) =>
        Assert.Equal(expected, TupleText.Format(TupleText.Parse(text)));

    [Theory]
    [InlineData("", "'(' was expected at character 0")]
    [InlineData("users", "'(' was expected at character 0")]
    [InlineData("(", "an element was expected at character 1")]
    [InlineData("(1", "',' or ')' was expected at character 2")]
    [InlineData("(1 2)", "',' or ')' was expected at character 3")]
    [InlineData("(1) 2", "the end was expected at character 3")]
    [InlineData("(,)", "an element was expected at character 1")]
    [InlineData("(users)", "an element was expected at character 1")]
    [InlineData("(1.5x)", "an element was expected at character 1")]
    [InlineData("(1e999)", "an element was expected at character 1")]
    [InlineData("(Infinity)", "an element was expected at character 1")]
    [InlineData("(NaN)", "an element was expected at character 1")]
    [InlineData("(\"a)", "'\"' was expected at character 4")]
    [InlineData("(\"\\a\")", "was expected at character 2")]
    [InlineData("(\"\\u12\")", "4 hexadecimal digits was expected at character 4")]
    [InlineData("(b\"é\")", "ASCII")]
    [InlineData("(b\"\\u0000\")", "was expected at character 3")]
    [InlineData("(double)", "'(' was expected at character 7")]
    [InlineData("(double(0x12))", "inf, -inf or 0x and 16 digits was expected at character 8")]
    [InlineData("(float(inf)", "',' or ')' was expected at character 11")]
    [InlineData("(versionstamp(12:3))", "20 digits")]
    [InlineData("(versionstamp(incomplete:70000))", "20 digits")]
    [InlineData("(versionstamp(incomplete)", "20 digits")]
    [InlineData("(versionstamp(incomplete:1)", "',' or ')' was expected")]
    public void What_is_no_tuple_is_refused_with_the_place(string text, string problem)
    {
        var error = Assert.Throws<FerrisException>(() => TupleText.Parse(text));

        Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
        Assert.StartsWith("This text is no tuple: ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void A_line_may_go_on_behind_a_tuple()
    {
        var elements = TupleText.ParsePrefix("""("users", ")") value""", out var length);

        Assert.Equal(["users", ")"], elements);
        Assert.Equal("""("users", ")")""".Length, length);
    }

    [Fact]
    public void Any_cut_or_changed_text_is_read_or_refused()
    {
        const string Text =
            """("a\u00e9", b"\x00z", (null, true), -12, 1.5f, double(-inf), versionstamp(0102030405060708090a:657))""";
        var read = 0;
        for (var i = 0; i < Text.Length; i++)
        {
            foreach (var replacement in "\"\\(),:xf0 ")
                read += TryParse(string.Concat(Text.AsSpan(0, i), [replacement], Text.AsSpan(i + 1))) ? 1 : 0;
            Assert.False(TryParse(Text[..i]));
        }
        Assert.InRange(read, 50, Text.Length * 10);
    }

    [Fact]
    public void Deep_nesting_is_refused_instead_of_exhausting_the_stack()
    {
        var error = Assert.Throws<FerrisException>(() => TupleText.Parse(new string('(', 1_000_000)));

        Assert.Contains("100 deep", error.Message);
    }

    private static bool TryParse(string text)
    {
        try
        {
            TupleText.Parse(text);
            return true;
        }
        catch (FerrisException error)
        {
            Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
            return false;
        }
    }
}
