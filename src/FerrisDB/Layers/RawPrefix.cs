namespace FerrisDB.Layers;

/// <summary>Bytes that are a prefix as they are: an array alone would be packed as an element.</summary>
internal readonly record struct RawPrefix(byte[] Bytes);
