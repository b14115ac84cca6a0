using System.Buffers.Binary;

namespace FerrisDB;

// FoundationDB keeps which servers have which keys as rows of the system, and bindings read where shards begin:
//
//     \xff/keyServers/            the shard that begins with the empty key: all keys
//     \xff/keyServers/\xff\xff    where the last shard ends; empty
//
//     offset  size  field of a value
//          0     8  version of the encoding
//          8     4  servers that have the shard: 1
//         12    16  the id of the server
//         28     4  servers that it moves to: 0
//
// Integers are little-endian.

/// <summary>The one shard that there is, as FoundationDB writes it: nobody stores it, or changes it.</summary>
internal static class ShardRows
{
    private const long EncodingVersion = 0x0fdb_00b0_6201_0001;
    private const int ServerCountOffset = 8;
    private const int ServerOffset = 12;
    private const int ValueBytes = 32;
    private const long ServerId = 1;

    private static readonly byte[] Begin = [0xff, .. "/keyServers/"u8];
    private static readonly byte[] End = [0xff, .. "/keyServers0"u8];

    /// <summary>Both rows.</summary>
    public static IReadOnlyList<SpecialRow> All { get; } =
        [new(Begin, Shard()), new([.. Begin, .. KeyLimits.SystemEnd], [])];

    /// <summary>True if a key is where the rows are.</summary>
    public static bool Has(ReadOnlySpan<byte> key) => key.StartsWith(Begin);

    /// <summary>True if a range that begins among the rows ends there too.</summary>
    public static bool HasEnd(ReadOnlySpan<byte> end) => Has(end) || end.SequenceEqual(End);

    /// <summary>The value of a key that is where the rows are; null if there is none.</summary>
    public static byte[]? Get(ReadOnlySpan<byte> key)
    {
        foreach (var row in All)
        {
            if (key.SequenceEqual(row.Key))
                return [.. row.Value];
        }
        return null;
    }

    private static byte[] Shard()
    {
        var value = new byte[ValueBytes];
        BinaryPrimitives.WriteInt64LittleEndian(value, EncodingVersion);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(ServerCountOffset), 1);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(ServerOffset), ServerId);
        return value;
    }
}
