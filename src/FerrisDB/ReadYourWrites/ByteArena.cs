namespace FerrisDB;

/// <summary>One growing array of bytes that keys and values are copied into, one behind the other.</summary>
/// <remarks>What was written stays what it is: a span into it survives growth, until <see cref="Clear"/>.</remarks>
internal sealed class ByteArena
{
    // What is kept for the next transaction: one huge transaction should not cost memory for ever.
    private const int KeptBytesMax = 4 << 20;

    private byte[] _bytes = [];

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Slice(int offset, int length) => _bytes.AsSpan(offset, length);

    /// <summary>Copies bytes to the end and returns where they are.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var offset = Length;
        bytes.CopyTo(Reserve(bytes.Length));
        return offset;
    }

    /// <summary>As <see cref="Append"/>, with a zero behind, so that the next greater key lies there too.</summary>
    public int AppendKey(ReadOnlySpan<byte> key)
    {
        var offset = Length;
        var room = Reserve(key.Length + 1);
        key.CopyTo(room);
        room[key.Length] = 0;
        return offset;
    }

    /// <summary>Takes room at the end; what is in it is undefined.</summary>
    public Span<byte> Reserve(int length)
    {
        var needed = checked(Length + length);
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(Math.Max(needed, 256), (int)Math.Min(_bytes.Length * 2L, 1 << 30)));
        var room = _bytes.AsSpan(Length, length);
        Length = needed;
        return room;
    }

    /// <summary>Gives back the end of what was reserved last.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Bytes that were appended, to be changed where nobody has seen them yet.</summary>
    public Span<byte> Writable(int offset, int length) => _bytes.AsSpan(offset, length);

    /// <summary>Becomes a copy of another one.</summary>
    public void CopyFrom(ByteArena other)
    {
        _bytes = other._bytes.AsSpan(0, other.Length).ToArray();
        Length = other.Length;
    }

    /// <summary>Forgets everything and keeps the memory, unless it is much.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytesMax)
            _bytes = [];
    }
}
