using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>No two directories that <see cref="AllocatorProgram"/> committed have the same prefix.</summary>
internal static class PrefixCheck
{
    /// <returns>How many directories there are.</returns>
    /// <exception cref="InvalidOperationException">A prefix was given out twice; the message names it.</exception>
    public static async Task<int> RunAsync(Database database)
    {
        var recorded = GeneratedTest.Scratch["prefix"];
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(recorded.Range()));
        var prefixes = rows.Select(row => recorded.Unpack<byte[], string>(row.Key.Span).First).ToList();
        var names = await database.ReadAsync(reader => new DirectoryLayer().ListAsync(reader));
        var twice = prefixes.GroupBy(Convert.ToHexString).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new InvalidOperationException($"The prefix {twice.Key} was given out {twice.Count()} times.");
        return names.Count == prefixes.Count
            ? names.Count
            : throw new InvalidOperationException($"{names.Count} directories, but {prefixes.Count} prefixes.");
    }
}
