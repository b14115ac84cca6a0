using FerrisDB.TestKit;

namespace FerrisDB.Tests.TestKit;

public sealed class GoldenScriptTests
{
    [Theory, GoldenScripts("golden-script")]
    public void Script(GoldenScript script) => script.Run(command => command.Name switch
    {
        "say" => command["text"],
        "add" => (command.Long("left") + command.Long("right", otherwise: 1)).ToString(),
        "bytes" => command.Size("size", otherwise: 0).ToString(),
        "loud" => command.Has("very") ? "LOUD" : "loud",
        "nothing" => null,
        _ => throw command.Unknown(),
    });

    [Fact]
    public void A_difference_is_shown_line_by_line()
    {
        var error = Assert.Throws<GoldenMismatchException>(() => GoldenFile.Compare("x.txt", "a\nb\nc\n", "a\nB\nc\n"));

        Assert.Contains("\n  a\n- b\n+ B\n  c\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("FERRIS_UPDATE_GOLDEN=1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add left=1 rihgt=2", "does not know rihgt")]
    [InlineData("add left=one", "needs a number in left=one")]
    [InlineData("add right=1", "needs left=...")]
    [InlineData("add left=1 left=2", "has left twice")]
    [InlineData("say text=\"a", "a quote is not closed")]
    [InlineData("sing", "no command is called 'sing'")]
    public void A_mistake_in_a_script_is_refused_with_its_line(string line, string message)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"# a comment\n{line}\n---\n");

            var error = Assert.Throws<FormatException>(() => Script(new GoldenScript(path)));

            Assert.StartsWith($"{Path.GetFileName(path)}:2: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Source_paths_that_a_build_has_mapped_are_found_again()
    {
        var folder = GoldenFile.FolderBeside("/_/test/FerrisDB.Tests/TestKit/GoldenScriptTests.cs");

        Assert.True(Directory.Exists(Path.Combine(folder, "golden-script")));
    }
}
