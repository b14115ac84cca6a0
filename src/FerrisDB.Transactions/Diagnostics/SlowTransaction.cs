using System.Globalization;
using System.Text;

namespace FerrisDB.Transactions;

/// <summary>A transaction that took long: what it did, and how long it was in which step.</summary>
/// <param name="BeforeCommit">
/// From its read version until its commit arrived, at least; longer if many transactions share its read version.
/// </param>
/// <param name="Waiting">From the arrival of its commit until its turn.</param>
/// <param name="Finishing">From its turn until it was in the log, on the disk if so asked, and readable.</param>
/// <param name="Verdict">What became of it; null if it failed.</param>
/// <param name="Version">The version of its commit.</param>
/// <param name="ReadVersion">What it read at; 0 if it did not read.</param>
/// <param name="ReadRanges">How many keys and ranges it read.</param>
/// <param name="WriteRanges">How many keys and ranges it wrote, or said that it wrote.</param>
/// <param name="Mutations">How many changes it asked for.</param>
/// <param name="Bytes">Bytes of its request.</param>
/// <param name="FirstReads">The first keys and ranges that it read, as people read them.</param>
/// <param name="FirstWrites">The same of what it wrote.</param>
internal sealed record SlowTransaction(
    TimeSpan BeforeCommit,
    TimeSpan Waiting,
    TimeSpan Finishing,
    Verdict? Verdict,
    long Version,
    long ReadVersion,
    int ReadRanges,
    int WriteRanges,
    int Mutations,
    int Bytes,
    string FirstReads,
    string FirstWrites)
{
    private const int NamedMax = 3;

    /// <summary>All steps together.</summary>
    public TimeSpan Total => BeforeCommit + Waiting + Finishing;

    /// <summary>The first of some ranges, as people read them.</summary>
    public static string Name(ConflictRanges ranges)
    {
        var text = new StringBuilder();
        for (var index = 0; index < Math.Min(ranges.Count, NamedMax); index++)
        {
            var range = ranges[index];
            text.Append(index == 0 ? "" : ", ").Append(KeyText.Of(range.Begin));
            if (!range.IsPoint)
                text.Append(" to ").Append(KeyText.Of(range.End));
        }
        if (ranges.Count > NamedMax)
            text.Append(CultureInfo.InvariantCulture, $" and {ranges.Count - NamedMax} more");
        return text.ToString();
    }
}
