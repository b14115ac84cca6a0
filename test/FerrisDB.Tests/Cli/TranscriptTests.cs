using System.Text;
using System.Text.RegularExpressions;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Cli;

// What a person types and sees, kept whole:
//
//     # A comment, and why this is here.
//     $ shell DB                     a command line; DB is a database of the transcript, FILES its folder of files
//     < set a 1                      what it reads from standard input
//     ok                             what it answers
//     ! error: ...                   what it says on standard error
//     [exit code 2]                  unless it is 0
//
// Only the first three kinds of lines are input; the rest is what the command must say. Clocks stand still. Where the
// first line ends with "(without sizes)", bytes are not compared: they are the business of the formats' own tests.

/// <summary>Sessions of the command, compared word by word. FERRIS_UPDATE_GOLDEN=1 rewrites what is answered.</summary>
public sealed partial class TranscriptTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public static TheoryData<string> Transcripts()
    {
        var files = Directory.EnumerateFiles(GoldenFile.FolderBeside(SourcePath()), "*.txt");
        return [.. files.Select(file => Path.GetFileName(file)).Order()];
    }

    public void Dispose() => _cli.Dispose();

    [Theory, MemberData(nameof(Transcripts))]
    public void A_session_answers_as_it_did(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(GoldenFile.FolderBeside(SourcePath()), name));
        var actual = new StringBuilder();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith('#'))
                actual.Append(at == 0 ? "" : "\n").Append(lines[at]).Append("\n\n");
            else if (lines[at].StartsWith("$ ", StringComparison.Ordinal))
                Run(lines[at], lines.Skip(at + 1)
                    .TakeWhile(line => line.StartsWith("< ", StringComparison.Ordinal)), actual);
        }

        var text = actual.ToString();
        GoldenFile.Check(
            name, lines[0].EndsWith("(without sizes)", StringComparison.Ordinal) ? Size().Replace(text, "# B") : text);
    }

    private static string SourcePath([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"\d[\d.,]* ([KMG]i)?B\b( at offset \d+)?")]
    private static partial Regex Size();

    private void Run(string line, IEnumerable<string> input, StringBuilder actual)
    {
        actual.Append(line).Append('\n');
        var script = new StringBuilder();
        foreach (var each in input)
        {
            actual.Append(each).Append('\n');
            script.Append(Real(each[2..])).Append('\n');
        }
        // Quotes of a transcript are those of the shell.
        var words = FerrisDB.Cli.CommandLine.Split(line.AsSpan(2)).SelectMany(command => command).Select(Real);
        var result = _cli.RunWith(script.ToString(), [.. words]);
        actual.Append(Shown(result.Out));
        foreach (var error in Shown(result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            actual.Append("! ").Append(error).Append('\n');
        if (result.Code != 0)
            actual.Append($"[exit code {result.Code}]\n");
    }

    private string Real(string text) => text
        .Replace("DB", _cli.Database, StringComparison.Ordinal)
        .Replace("FILES", _cli.PathOf("."), StringComparison.Ordinal);

    private string Shown(string text) => text
        .Replace(_cli.Database, "DB", StringComparison.Ordinal)
        .Replace(_cli.PathOf("."), "FILES", StringComparison.Ordinal);
}
