using System.Text;

namespace FerrisDB.TestKit;

// A golden script states a scenario and what comes of it:
//
//     # Comments say what the scenario is about.
//     flush level=0 keys=a-m
//     pick
//     ---
//     L0 -> L6: 4 tables of L0
//
// Each line above the dashes is a command that the test carries out; what the commands answer, one below the other,
// must be what stands below the dashes. FERRIS_UPDATE_GOLDEN=1 rewrites that part instead of comparing it.

/// <summary>One golden script of a theory: see <see cref="GoldenScriptsAttribute"/>.</summary>
public sealed class GoldenScript
{
    private const string Divider = "---";

    private readonly string _path;

    internal GoldenScript(string path) => _path = path;

    /// <summary>Carries out every command and compares what they answer. A null or empty answer adds no line.</summary>
    internal void Run(Func<GoldenCommand, string?> execute)
    {
        var (input, expected) = Split(File.ReadAllText(_path));
        var output = new StringBuilder();
        foreach (var (index, line) in input.Split('\n').Index())
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var command = GoldenCommand.Parse(line, $"{Path.GetFileName(_path)}:{index + 1}");
            var answer = execute(command);
            command.RefuseUnread();
            if (!string.IsNullOrEmpty(answer))
                output.Append(answer.TrimEnd('\n')).Append('\n');
        }

        var actual = output.ToString();
        if (GoldenFile.IsUpdating)
            File.WriteAllText(_path, $"{input}{Divider}\n{actual}");
        else
            GoldenFile.Compare(_path, expected, actual);
    }

    /// <summary>The name of the file, which is the sentence that the script proves.</summary>
    public override string ToString() => Path.GetFileNameWithoutExtension(_path);

    private static (string Input, string Expected) Split(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var divider = text.IndexOf($"\n{Divider}\n", StringComparison.Ordinal);
        return divider < 0
            ? (text.TrimEnd('\n') + "\n", "")
            : (text[..(divider + 1)], text[(divider + Divider.Length + 2)..]);
    }
}
