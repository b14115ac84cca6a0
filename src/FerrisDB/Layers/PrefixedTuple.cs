using System.Buffers;
using System.Buffers.Binary;

namespace FerrisDB.Layers;

/// <summary>Tuples packed behind a prefix: what <see cref="TupleEncoding"/> and <see cref="Subspace"/> share.</summary>
internal static class PrefixedTuple
{
    public static byte[] Pack(ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        var writer = new TupleWriter(stackalloc byte[TupleWriter.StackBytes]);
        Write(ref writer, prefix, elements);
        var packed = writer.Written.ToArray();
        writer.Dispose();
        return packed;
    }

    public static void PackTo(
        IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new TupleWriter(stackalloc byte[TupleWriter.StackBytes]);
        Write(ref writer, prefix, elements);
        output.Write(writer.Written);
        writer.Dispose();
    }

    public static bool TryPack(
        Span<byte> destination, out int bytesWritten, ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        var writer = new TupleWriter(stackalloc byte[TupleWriter.StackBytes]);
        Write(ref writer, prefix, elements);
        var fits = writer.Written.TryCopyTo(destination);
        bytesWritten = fits ? writer.Written.Length : 0;
        writer.Dispose();
        return fits;
    }

    public static byte[] PackWithVersionstamp(ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        var writer = new TupleWriter(stackalloc byte[TupleWriter.StackBytes]);
        writer.WriteRaw(prefix);
        writer.Write(elements);
        if (writer.VersionstampOffset < 0)
        {
            throw new FerrisException(
                ErrorCode.InvalidTupleDataType, "The tuple has no incomplete versionstamp for a commit to complete.");
        }
        Span<byte> offset = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(offset, writer.VersionstampOffset);
        writer.WriteRaw(offset);
        var packed = writer.Written.ToArray();
        writer.Dispose();
        return packed;
    }

    // What follows the elements starts with the code of an element, which is neither below 00 nor above fe.
    public static KeyRange Range(ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        var writer = new TupleWriter(stackalloc byte[TupleWriter.StackBytes]);
        Write(ref writer, prefix, elements);
        byte[] begin = [.. writer.Written, 0x00];
        byte[] end = [.. writer.Written, 0xff];
        writer.Dispose();
        return new KeyRange(begin, end);
    }

    private static void Write(ref TupleWriter writer, ReadOnlySpan<byte> prefix, ReadOnlySpan<TupleValue> elements)
    {
        writer.WriteRaw(prefix);
        writer.Write(elements);
        if (writer.VersionstampOffset >= 0)
        {
            throw new FerrisException(
                ErrorCode.InvalidTupleDataType,
                "The tuple has an incomplete versionstamp, which only a commit completes: use PackWithVersionstamp, "
                    + "with SetVersionstampedKey or SetVersionstampedValue.");
        }
    }
}
