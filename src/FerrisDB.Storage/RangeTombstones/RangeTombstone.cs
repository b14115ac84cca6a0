namespace FerrisDB.Storage;

/// <summary>Clears all keys from begin to end: hides every entry in the range whose version is below its own.</summary>
/// <param name="Begin">The first key; kept, not copied.</param>
/// <param name="End">The first key behind the range; kept, not copied.</param>
/// <param name="Version">At least 1. A point entry of the same version wins over it.</param>
internal readonly record struct RangeTombstone(byte[] Begin, byte[] End, long Version)
{
    /// <summary>Equal when the bytes are.</summary>
    public bool Equals(RangeTombstone other) =>
        Version == other.Version && Begin.AsSpan().SequenceEqual(other.Begin) && End.AsSpan().SequenceEqual(other.End);

    public override int GetHashCode() => HashCode.Combine(new KeyRange(Begin, End), Version);
}
