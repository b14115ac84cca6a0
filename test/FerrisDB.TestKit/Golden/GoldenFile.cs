using System.Runtime.CompilerServices;
using System.Text;

namespace FerrisDB.TestKit;

/// <summary>Texts that were reviewed once and must not change unnoticed.</summary>
internal static class GoldenFile
{
    /// <summary>True if golden files are to be rewritten instead of compared.</summary>
    public static bool IsUpdating => Environment.GetEnvironmentVariable("FERRIS_UPDATE_GOLDEN") == "1";

    /// <summary>
    /// Compares a text with <c>golden/NAME</c> beside the test's source file, or writes it there if golden files are
    /// being updated.
    /// </summary>
    public static void Check(string name, string actual, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(FolderBeside(source), name);
        actual = actual.ReplaceLineEndings("\n");
        if (IsUpdating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        Compare(path, File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "", actual);
    }

    /// <summary>
    /// The folder <c>golden</c> beside a source file, also where builds map source paths to <c>/_/</c>.
    /// </summary>
    public static string FolderBeside(string source)
    {
        const string Mapped = "/_/";
        if (source.StartsWith(Mapped, StringComparison.Ordinal))
            source = Path.Combine(SourceTree(), source[Mapped.Length..]);
        return Path.Combine(Path.GetDirectoryName(source)!, "golden");
    }

    internal static void Compare(string path, string expected, string actual)
    {
        if (expected == actual)
            return;
        throw new GoldenMismatchException(
            $"{path} differs (- expected, + found). If the new text is right, run the test with "
                + $"FERRIS_UPDATE_GOLDEN=1.\n"
            + Difference(expected.Split('\n'), actual.Split('\n')));
    }

    // The classic table of longest common subsequences: golden texts are short.
    private static string Difference(string[] expected, string[] actual)
    {
        var common = new int[expected.Length + 1, actual.Length + 1];
        for (var left = expected.Length - 1; left >= 0; left--)
        {
            for (var right = actual.Length - 1; right >= 0; right--)
            {
                common[left, right] = expected[left] == actual[right]
                    ? common[left + 1, right + 1] + 1
                    : Math.Max(common[left + 1, right], common[left, right + 1]);
            }
        }

        var text = new StringBuilder();
        var (row, column) = (0, 0);
        while (row < expected.Length || column < actual.Length)
        {
            if (row < expected.Length && column < actual.Length && expected[row] == actual[column])
            {
                text.Append("  ").Append(expected[row]).Append('\n');
                (row, column) = (row + 1, column + 1);
            }
            else if (column == actual.Length
                || (row < expected.Length && common[row + 1, column] >= common[row, column + 1]))
            {
                text.Append("- ").Append(expected[row++]).Append('\n');
            }
            else
            {
                text.Append("+ ").Append(actual[column++]).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string SourceTree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FerrisDB.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FerrisDB.slnx.");
    }
}

/// <summary>A text is not the golden one.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
