using System.Buffers.Binary;

namespace FerrisDB.Transactions;

/// <summary>The first bytes of a frame: <see cref="ProtocolFormat"/> draws them.</summary>
internal readonly record struct FrameHeader(
    MessageType Type, RoleEndpoint Endpoint, ulong RequestId, bool IsTraced = false)
{
    private const int LengthOffset = 4;
    private const int IdOffset = 8;
    private const int TypeOffset = 16;
    private const int EndpointOffset = 17;
    private const int FlagsOffset = 18;

    private const ushort Traced = 1;

    /// <summary>Writes the header of a frame whose payload is behind it already.</summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[LengthOffset..], frame.Length - ProtocolFormat.FrameHeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[IdOffset..], RequestId);
        frame[TypeOffset] = (byte)Type;
        frame[EndpointOffset] = (byte)Endpoint;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[FlagsOffset..], IsTraced ? Traced : (ushort)0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(frame[LengthOffset..]));
    }

    /// <summary>Bytes of the frame that begins here, or 0 if too little of it is there to tell.</summary>
    /// <exception cref="ProtocolException">It would be longer than a frame may be.</exception>
    public static int SizeOfFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < IdOffset)
            return 0;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthOffset..]);
        if (length > ProtocolFormat.FrameBytesMax)
            throw new ProtocolException(
                $"A frame claims a payload of {length} bytes; the limit is {ProtocolFormat.FrameBytesMax}.");
        return ProtocolFormat.FrameHeaderSize + (int)length;
    }

    /// <summary>Reads the header of a whole frame.</summary>
    /// <exception cref="ProtocolException">It is damaged.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> frame)
    {
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        var found = Crc32C.Of(frame[LengthOffset..]);
        if (expected != found)
            throw new ProtocolException($"A frame is damaged: its checksum is {found:x8} and should be {expected:x8}.");
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(frame[FlagsOffset..]);
        if (flags > Traced)
            throw new ProtocolException($"A frame has the flags {flags}, and bits that are reserved are zero.");
        return new FrameHeader(
            (MessageType)frame[TypeOffset], (RoleEndpoint)frame[EndpointOffset],
            BinaryPrimitives.ReadUInt64LittleEndian(frame[IdOffset..]), flags == Traced);
    }
}
