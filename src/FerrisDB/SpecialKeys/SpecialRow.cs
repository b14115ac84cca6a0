namespace FerrisDB;

/// <summary>A key that is not stored but made up when it is read, and its value.</summary>
internal readonly record struct SpecialRow(byte[] Key, byte[] Value);
