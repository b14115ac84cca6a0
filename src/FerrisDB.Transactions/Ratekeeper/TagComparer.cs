namespace FerrisDB.Transactions;

/// <summary>Compares tags by their bytes.</summary>
internal sealed class TagComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static TagComparer Instance { get; } = new();

    public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

    public int GetHashCode(byte[] tag) => GetHashCode(tag.AsSpan());

    public bool Equals(ReadOnlySpan<byte> tag, byte[] other) => tag.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> tag) => (int)Crc32C.Of(tag);

    public byte[] Create(ReadOnlySpan<byte> tag) => tag.ToArray();
}
