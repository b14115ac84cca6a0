namespace FerrisDB.Cli;

/// <summary>A MemTable.</summary>
internal sealed record MemTableJson(
    int Number, bool IsSealed, long Entries, int RangeTombstones, long Bytes, long CapacityBytes,
    long OldestVersion, long NewestVersion)
{
    public static MemTableJson Of(MemTable memTable) => new(
        memTable.Number, memTable.IsSealed, memTable.EntryCount, memTable.RangeTombstones.FragmentCount,
        memTable.SizeBytes,
        memTable.CapacityBytes, memTable.OldestVersion, memTable.NewestVersion);
}
