using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>Data that a repaired database will not have, or may have wrong.</summary>
public sealed record RepairLoss
{
    /// <summary>What is lost.</summary>
    public required RepairLossKind Kind { get; init; }

    /// <summary>Name of the file that had it.</summary>
    public required string File { get; init; }

    /// <summary>The first key that is concerned; empty if that is not known.</summary>
    public byte[] Begin { get; init; } = [];

    /// <summary>The key behind the last one that is concerned; null if there is no bound.</summary>
    public byte[]? End { get; init; }

    /// <summary>The oldest version that is concerned.</summary>
    public long OldestVersion { get; init; }

    /// <summary>The newest version that is concerned; <see cref="long.MaxValue"/> if that is not known.</summary>
    public long NewestVersion { get; init; } = long.MaxValue;

    /// <summary>How many entries or commits; null if that is not known.</summary>
    public long? Count { get; init; }

    /// <summary>
    /// True if older data of these keys is left: older values are seen again, and what was deleted may come back.
    /// </summary>
    public bool OlderDataShows { get; init; }

    /// <summary>True if it lies in the range of keys that is concerned.</summary>
    public bool Concerns(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && (End is null || key.SequenceCompareTo(End) < 0);

    /// <summary>A sentence for people.</summary>
    public override string ToString() => Kind switch
    {
        RepairLossKind.Entries =>
            $"{File}: {Entries} {Keys} {Versions} {(Count == 1 ? "is" : "are")} lost{OlderData("")}",
        RepairLossKind.RangeDeletes =>
            $"{File}: range deletes {Keys} {Versions} are lost"
            + OlderData("; nothing older is left that they could have hidden"),
        RepairLossKind.Commits =>
            $"the log: commits behind version {OldestVersion - 1}{IfAny} are lost, as of {File}; {Behind}",
        RepairLossKind.EarlierCommits =>
            $"the log begins behind version {NewestVersion}, and tables show no newer one than {OldestVersion - 1}: "
            + "if no table has had the commits between, they are lost",
        RepairLossKind.Order =>
            $"{File}: was ingested, and the manifest alone knew at which version; it is taken for version "
            + $"{NewestVersion}. Of keys {Keys} that were also written at about that time the older value may show",
        _ => $"{File}: the damaged manifest names it and it is not there; if no compaction has replaced it, its "
            + $"entries {Keys} {Versions} are lost",
    };

    private string Entries => Count switch
    {
        null => "entries",
        1 => "1 entry",
        _ => $"{Count.Value.ToString(CultureInfo.InvariantCulture)} entries",
    };

    private string Keys
    {
        get
        {
            if (End is null)
                return Begin.Length == 0 ? "of any key" : $"from {KeyText.Of(Begin)} on";
            // Behind a last key k the bound is k\x00.
            return End is [.. var last, 0]
                ? $"from {KeyText.Of(Begin)} to {KeyText.Of(last)}"
                : $"from {KeyText.Of(Begin)} to before {KeyText.Of(End)}";
        }
    }

    private string Versions => NewestVersion == long.MaxValue
        ? "of any version"
        : OldestVersion == NewestVersion
            ? $"of version {NewestVersion}"
            : $"of versions {OldestVersion} to {NewestVersion}";

    private string IfAny => NewestVersion == long.MaxValue ? ", if there were any," : "";

    private string Behind => Count switch
    {
        null or 0 => "none behind the damage can be read",
        1 => "1 behind the damage can be read, but not applied without those before it",
        _ => $"{Count} behind the damage can be read, but not applied without those before them",
    };

    private string OlderData(string none) => OlderDataShows
        ? "; older values of these keys show again, and deleted keys may come back"
        : none;
}

/// <summary>What kind of data is lost.</summary>
public enum RepairLossKind
{
    /// <summary>Values and deletes of single keys.</summary>
    Entries,

    /// <summary>Deletes of ranges: what they hid shows again.</summary>
    RangeDeletes,

    /// <summary>
    /// The newest commits: the database goes back to <see cref="RepairPlan.LastVersion"/> as a whole.
    /// </summary>
    Commits,

    /// <summary>
    /// Perhaps commits between the newest in tables and the oldest in the log: without a manifest nobody knows whether
    /// there were any that tables do not have.
    /// </summary>
    EarlierCommits,

    /// <summary>Nothing but the knowledge of what is newer: a table that was ingested, without its version.</summary>
    Order,

    /// <summary>Perhaps a table: it is missing, and nobody knows any more whether it must be there.</summary>
    MissingTable,
}
