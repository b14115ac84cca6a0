using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Tests.MemTables;

/// <summary>Compares arrays by content.</summary>
internal static class Bytes
{
    public static readonly IEqualityComparer<byte[]> Equality = new ByContent();

    private sealed class ByContent : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
