namespace FerrisDB.Cli;

/// <summary>Finds what a mistyped word was meant to be.</summary>
internal static class Spelling
{
    private const int MistakesMax = 2;

    /// <summary>True if one word becomes the other with a mistake or two, or begins it.</summary>
    public static bool IsNear(string name, string word) =>
        (word.Length > 1 && name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        || Mistakes(name, word) <= Math.Min(MistakesMax, word.Length - 1);

    // Letters to insert, delete or replace: one row of the usual table at a time.
    private static int Mistakes(string name, string word)
    {
        var row = Enumerable.Range(0, word.Length + 1).ToArray();
        for (var i = 1; i <= name.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= word.Length; j++)
            {
                var replaced = diagonal + (name[i - 1] == word[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
