using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>
/// Each commit of <see cref="ApiProgram"/> that wrote versionstamps wrote the same one into a key and into a value, and
/// told it; no two commits have the same.
/// </summary>
internal static class StampCheck
{
    private const int CommitSizeBytes = Versionstamp.CommitSizeBytes;

    /// <returns>How many commits there were.</returns>
    /// <exception cref="InvalidOperationException">A stamp is wrong; the message says of which machine.</exception>
    public static async Task<int> RunAsync(Database database)
    {
        Dictionary<(long Machine, long Number), Dictionary<string, string>> stamps = [];
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(GeneratedTest.Scratch.Range()));
        foreach (var (key, value) in rows)
        {
            var elements = GeneratedTest.Scratch.Unpack(key.Span);
            var place = (elements[0].As<long>(), elements[2].As<long>());
            var stamp = elements.Length > 3 ? elements[3].As<Versionstamp>().ToByteArray() : value.ToArray();
            stamps.TryAdd(place, []);
            stamps[place].Add(elements[1].As<string>(), Convert.ToHexString(stamp.AsSpan(0, CommitSizeBytes)));
        }

        foreach (var (place, three) in stamps)
        {
            if (three.Count != 3 || three.Values.Distinct().Count() != 1)
                throw new InvalidOperationException($"{place}: {string.Join(", ", three)}");
        }
        return stamps.Values.Select(three => three["told"]).Distinct().Count() == stamps.Count
            ? stamps.Count
            : throw new InvalidOperationException("Two commits have the same versionstamp.");
    }
}
