namespace FerrisDB.Cli;

/// <summary>A table of the tree. Keys have escapes; the last key of a span is exclusive.</summary>
internal sealed record TableJson(
    string File, long Bytes, long Entries, long Tombstones, long RangeTombstones, long OlderVersions,
    string BeginKey, string EndKey, long OldestVersion, long NewestVersion)
{
    public static TableJson Of(TableMetadata table) => new(
        FileNames.Table(table.FileNumber), table.SizeBytes, table.EntryCount, table.TombstoneCount,
        table.RangeTombstoneCount,
        table.OlderVersionCount, EscapedText.Format(table.Span.Begin), EscapedText.Format(table.Span.End),
        table.OldestVersion, table.NewestVersion);
}
