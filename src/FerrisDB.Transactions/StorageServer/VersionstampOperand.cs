using System.Buffers.Binary;

namespace FerrisDB.Transactions;

/// <summary>
/// A key or value with a gap for the versionstamp of its commit, which only the commit knows.
/// </summary>
/// <remarks>
/// <code>
///     bytes with the gap ............................... | offset of the gap, 4 bytes, little-endian |
///               | 10 bytes: the versionstamp |
///               | version, 8 bytes | order in the batch, 2 bytes |, big-endian, so that they sort
/// </code>
/// What is stored is the bytes with the gap filled in, without the offset.
/// </remarks>
internal static class VersionstampOperand
{
    /// <summary>Bytes of a versionstamp.</summary>
    public const int StampSize = sizeof(long) + sizeof(ushort);

    /// <summary>Bytes of the offset at the end, which are not stored.</summary>
    public const int SuffixSize = sizeof(int);

    /// <summary>Whether the offset is there, and the gap that it names lies in front of it.</summary>
    public static bool IsValid(ReadOnlySpan<byte> operand)
    {
        if (operand.Length < SuffixSize)
            return false;
        var offset = StampOffset(operand);
        return offset >= 0 && offset <= operand.Length - SuffixSize - StampSize;
    }

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ClientInvalidOperation"/>: the operand is not valid.
    /// </exception>
    public static void Check(ReadOnlySpan<byte> operand)
    {
        if (IsValid(operand))
            return;
        var problem = operand.Length < SuffixSize
            ? $"It has {operand.Length} bytes."
            : $"Offset {StampOffset(operand)} leaves no room for {StampSize} bytes in {StampedLength(operand)}.";
        throw new FerrisException(
            ErrorCode.ClientInvalidOperation,
            $"The operand of a versionstamped operation ends with the offset of the stamp, 4 bytes. {problem}");
    }

    /// <summary>Where the stamp goes.</summary>
    public static int StampOffset(ReadOnlySpan<byte> operand) =>
        BinaryPrimitives.ReadInt32LittleEndian(operand[^SuffixSize..]);

    /// <summary>Bytes of what is stored.</summary>
    public static int StampedLength(ReadOnlySpan<byte> operand) => operand.Length - SuffixSize;

    /// <summary>Writes what is stored: the operand without its offset, the stamp in its place.</summary>
    /// <param name="operand">A valid operand.</param>
    /// <param name="version">The commit version.</param>
    /// <param name="order">The transaction's place among those of that version.</param>
    /// <param name="destination">
    /// At least <see cref="StampedLength"/> bytes; may be the operand's own memory.
    /// </param>
    public static void Stamp(ReadOnlySpan<byte> operand, long version, ushort order, Span<byte> destination)
    {
        var offset = StampOffset(operand);
        operand[..^SuffixSize].CopyTo(destination);
        WriteStamp(version, order, destination[offset..]);
    }

    /// <summary>Writes a versionstamp: <see cref="StampSize"/> bytes.</summary>
    public static void WriteStamp(long version, ushort order, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[sizeof(long)..], order);
    }
}
