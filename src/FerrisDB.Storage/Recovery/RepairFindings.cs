namespace FerrisDB.Storage;

/// <summary>All that a look at a damaged folder has found out: what a repair works with.</summary>
internal sealed record RepairFindings
{
    public required RepairManifest Manifest { get; init; }

    /// <summary>
    /// Without a manifest every table that might belong to the database; with one only those that are damaged.
    /// </summary>
    public required IReadOnlyList<RepairTable> Tables { get; init; }

    public required RepairBlobs Blobs { get; init; }

    public required RepairLog Log { get; init; }

    /// <summary>What the repaired manifest is to say for good; without the date.</summary>
    public required string Mark { get; init; }

    /// <summary>True if no manifest tells which tables there are: all are merged into new ones.</summary>
    public bool MustMergeAll => Manifest.State is null;

    /// <summary>True if the log's content is written to tables, and its segments are set aside.</summary>
    public bool ReplacesLog => MustMergeAll || !Log.IsWhole;
}
