namespace FerrisDB.Storage;

/// <summary>
/// What the manifest knows of a table: enough to place it, to choose it for compaction and to check it.
/// </summary>
/// <param name="FileNumber">Names the file: <c>N.sst</c>.</param>
/// <param name="SizeBytes">Length of the file.</param>
/// <param name="Span">
/// All keys that the table says something about: its points and its range tombstones. The end is exclusive: behind a
/// last point <c>k</c> it is <c>k\x00</c>.
/// </param>
/// <param name="OldestVersion">The smallest version of any entry or range tombstone.</param>
/// <param name="NewestVersion">The largest version of any entry or range tombstone.</param>
/// <param name="EntryCount">Point entries, tombstones included.</param>
/// <param name="TombstoneCount">Point entries that are tombstones.</param>
/// <param name="RangeTombstoneCount">Fragments of range tombstones.</param>
/// <param name="GlobalVersion">
/// For an ingested table the version that all of its entries have instead of the one stored in it; 0 for others.
/// </param>
/// <param name="OlderVersionCount">Point entries that stand behind a newer one of the same key in this table.</param>
internal sealed record TableMetadata(
    long FileNumber,
    long SizeBytes,
    KeyRange Span,
    long OldestVersion,
    long NewestVersion,
    long EntryCount,
    long TombstoneCount,
    long RangeTombstoneCount,
    long GlobalVersion = 0,
    long OlderVersionCount = 0)
{
    /// <summary>What the entries refer to in blobs.</summary>
    public BlobUses BlobUses { get; init; } = BlobUses.None;
}
