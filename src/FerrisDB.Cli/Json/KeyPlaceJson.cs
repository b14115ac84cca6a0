namespace FerrisDB.Cli;

/// <summary>A version of a key, or a range tombstone over it, and where it lives.</summary>
/// <param name="Place">The MemTable, or the level and file.</param>
/// <param name="Version">The version of the write.</param>
/// <param name="Kind">value, tombstone or range tombstone.</param>
/// <param name="Bytes">Bytes of the value.</param>
/// <param name="Text">The beginning of the value, or the range, with escapes.</param>
/// <param name="IsVisible">A read now answers with it.</param>
internal sealed record KeyPlaceJson(string Place, long Version, string Kind, int? Bytes, string? Text, bool IsVisible);
