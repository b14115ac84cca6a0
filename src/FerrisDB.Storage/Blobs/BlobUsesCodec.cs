using System.Buffers.Binary;

namespace FerrisDB.Storage;

// Three numbers of eight bytes for each blob, in the order of the files:
//
//     file number, records, bytes of these records

/// <summary>How tables and the manifest store <see cref="BlobUses"/>.</summary>
internal static class BlobUsesCodec
{
    private const int UseSize = 3 * sizeof(long);

    public static byte[] Encode(BlobUses uses)
    {
        var bytes = new byte[uses.Count * UseSize];
        var rest = bytes.AsSpan();
        foreach (var use in uses)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, use.FileNumber);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], use.Records);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], use.Bytes);
            rest = rest[UseSize..];
        }
        return bytes;
    }

    /// <summary>Null unless the bytes are what <see cref="Encode"/> writes.</summary>
    public static BlobUses? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % UseSize != 0)
            return null;
        var uses = new BlobUse[bytes.Length / UseSize];
        var last = 0L;
        for (var index = 0; index < uses.Length; index++)
        {
            var use = bytes.Slice(index * UseSize, UseSize);
            var number = BinaryPrimitives.ReadInt64LittleEndian(use);
            var records = BinaryPrimitives.ReadInt64LittleEndian(use[8..]);
            var size = BinaryPrimitives.ReadInt64LittleEndian(use[16..]);
            if (number <= last || records is < 1 or > int.MaxValue || size < records * BlobFormat.RecordHeaderSize)
                return null;
            uses[index] = new BlobUse(number, records, size);
            last = number;
        }
        return new BlobUses(uses);
    }
}
