namespace FerrisDB;

/// <summary>A row of a mapped range, and what its mapper led to.</summary>
/// <param name="Row">The row of the range itself, an entry of an index, say.</param>
/// <param name="MappedRange">The keys that were looked up for it; of a single key the range that has just that.</param>
/// <param name="Mapped">What was found there; nothing if there is nothing.</param>
public sealed record MappedRow(KeyValue Row, KeyRange MappedRange, IReadOnlyList<KeyValue> Mapped);
