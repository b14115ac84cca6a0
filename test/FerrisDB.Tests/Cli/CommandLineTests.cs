using CsCheck;
using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("get a", "get|a")]
    [InlineData("  get\ta  ", "get|a")]
    [InlineData("set a 1;get a ; get b", "set|a|1;get|a;get|b")]
    [InlineData("set a 'b c'", "set|a|b c")]
    [InlineData("set a 'it''s'", "set|a|it's")]
    [InlineData("""set a "say ""hi"" " """, "set|a|say \"hi\" ")]
    [InlineData("""set a {"b":1}""", """set|a|{"b":1}""")]
    [InlineData("set a '' # a comment; get b", "set|a|")]
    [InlineData("set a b#c", "set|a|b#c")]
    [InlineData(@"set \x00 a\b", @"set|\x00|a\b")]
    [InlineData("set a ';'", "set|a|;")]
    [InlineData("""set ("a b", c d""", """set|("a|b",|c|d""")]
    [InlineData("""get ("a; b", (1, null)) # two""", """get|("a; b", (1, null))""")]
    [InlineData("""get dir:/a/b("c d",1);get (1)x (""", """get|dir:/a/b("c d",1);get|(1)x|(""")]
    [InlineData("set a x(1, 2)", "set|a|x(1,|2)")]
    [InlineData(" ;; # nothing", "")]
    public void A_line_is_cut_into_commands_and_words(string line, string expected) =>
        Assert.Equal(expected, string.Join(';', CommandLine.Split(line).Select(words => string.Join('|', words))));

    [Fact]
    public void A_quote_that_is_not_closed_is_named()
    {
        var error = Assert.Throws<UsageException>(() => CommandLine.Split("set a 'b c"));

        Assert.Equal("The quote 'b c is not closed.", error.Message);
    }

    [Fact]
    public void Quoted_words_come_back_as_they_were() =>
        Gen.String[Gen.OneOf(Gen.Char[" ;'\"#ab\\\t"], Gen.Char), 0, 8].Array[1, 4].Sample(words =>
        {
            var line = string.Join(' ', words.Select(CommandLine.Quote));
            return CommandLine.Split(line) is [var split] && split.SequenceEqual(words);
        });
}
