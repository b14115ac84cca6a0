using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// The one hash of a user key, shared by bloom filters and the fingerprints in blocks: XxHash3, 64 bits.
/// </summary>
internal static class KeyHash
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key);

    /// <summary>What a block keeps of the hash of each entry's key.</summary>
    public static byte FingerprintOf(ulong hash) => (byte)hash;
}
