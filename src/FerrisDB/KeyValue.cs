namespace FerrisDB;

/// <summary>A key and its value, as a range read returns them.</summary>
/// <param name="Key">The key. Stays valid and unchanged as long as it is held.</param>
/// <param name="Value">The value. Stays valid and unchanged as long as it is held.</param>
/// <remarks>The rows of a page share one piece of memory: who keeps one row keeps the page.</remarks>
public readonly record struct KeyValue(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
