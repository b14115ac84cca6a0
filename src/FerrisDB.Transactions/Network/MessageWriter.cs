using System.Buffers;
using System.Buffers.Binary;

namespace FerrisDB.Transactions;

/// <summary>Frames that are being written, one behind the other in one array.</summary>
/// <remarks>For one thread at a time. Emptied and filled again, it allocates nothing once it has grown.</remarks>
internal sealed class MessageWriter : IBufferWriter<byte>
{
    private const int FirstBytes = 512;

    // What one large answer needed is not kept for ever.
    private const int KeptBytesMax = 1 << 20;

    private byte[] _bytes = [];
    private int _frame;

    /// <summary>Bytes of all frames.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Begins a frame; what is written from now on is its payload.</summary>
    public void BeginFrame()
    {
        _frame = Length;
        Advance(GetSpan(ProtocolFormat.FrameHeaderSize).Slice(0, ProtocolFormat.FrameHeaderSize).Length);
    }

    /// <summary>Ends the frame that was begun.</summary>
    public void EndFrame(MessageType type, RoleEndpoint endpoint, ulong requestId, bool isTraced = false) =>
        new FrameHeader(type, endpoint, requestId, isTraced).Write(_bytes.AsSpan(_frame, Length - _frame));

    /// <summary>Forgets the frame that was begun, with all that was written of it.</summary>
    public void AbandonFrame() => Length = _frame;

    /// <summary>Bytes of the payload of the frame that was begun, so far.</summary>
    public int PayloadLength => Length - _frame - ProtocolFormat.FrameHeaderSize;

    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(GetSpan(sizeof(long)), value);
        Length += sizeof(long);
    }

    public void WriteUInt64(ulong value) => WriteInt64((long)value);

    public void WriteNumber(ulong value) => Length += Varint.Write(GetSpan(Varint.MaxSize), value);

    public void WriteNumber(int value)
    {
        Invariant.That(value >= 0);
        WriteNumber((ulong)value);
    }

    /// <summary>Bytes with their length in front.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteNumber(bytes.Length);
        WriteRaw(bytes);
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Where a byte is that is known later.</summary>
    public void SetByte(int payloadOffset, byte value) =>
        _bytes[_frame + ProtocolFormat.FrameHeaderSize + payloadOffset] = value;

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytesMax)
            _bytes = [];
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        var needed = checked(Length + Math.Max(sizeHint, 1));
        if (needed > _bytes.Length)
            Array.Resize(
                ref _bytes, (int)Math.Clamp(_bytes.Length * 2L, Math.Max(needed, FirstBytes), Array.MaxLength));
        return _bytes.AsSpan(Length);
    }
}
