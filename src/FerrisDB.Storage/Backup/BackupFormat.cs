using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>What the texts of a backup have in common.</summary>
internal static class BackupFormat
{
    /// <summary>Refuses a first line that is not this program's, with both numbers if it is of a newer one.</summary>
    public static void CheckVersion(string file, string line, string word, int newest)
    {
        var isOurs = line.StartsWith(word, StringComparison.Ordinal);
        var version = isOurs ? TryParse(line[word.Length..]) : null;
        if (version > newest)
        {
            throw new FerrisException(
                ErrorCode.FormatTooNew, $"{file} has format {version}; this program knows {newest} and older.");
        }
        if (version is null or < 1)
            throw FerrisException.CorruptBackup(file, 0, $"'{word}{newest}'", $"'{line}'");
    }

    public static long? TryParse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
