namespace FerrisDB;

/// <summary>The version that a read sees.</summary>
/// <param name="Version">A version that was committed, or one that may be soon.</param>
/// <param name="IsHeld">A snapshot keeps it readable, however old it is.</param>
internal readonly record struct ReadPoint(long Version, bool IsHeld);
