using System.Buffers.Binary;

namespace FerrisDB.Transactions;

/// <summary>Reads a payload that anybody may have written: nothing in it is believed.</summary>
/// <remarks>Whatever does not fit throws <see cref="ProtocolException"/>.</remarks>
internal ref struct MessageReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _left = payload;

    /// <summary>Bytes that were not read yet.</summary>
    public readonly int Left => _left.Length;

    public byte ReadByte() => Take(1)[0];

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong ReadUInt64() => (ulong)ReadInt64();

    public ulong ReadNumber()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            // The tenth byte has room for one bit.
            if (shift == 63 && next > 1)
                break;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw new ProtocolException("A number in a message is too long.");
    }

    /// <summary>A number that is at most so large.</summary>
    public int ReadNumber(int max)
    {
        var value = ReadNumber();
        return value <= (ulong)max
            ? (int)value
            : throw new ProtocolException($"A number in a message is {value}; it must not exceed {max}.");
    }

    /// <summary>How many things follow, of so many bytes each at least.</summary>
    public int ReadCount(int bytesEachMin)
    {
        var count = ReadNumber(int.MaxValue);
        return (long)count * bytesEachMin <= Left
            ? count
            : throw new ProtocolException($"A message claims {count} things and has {Left} bytes for them.");
    }

    /// <summary>Bytes with their length in front; a look into the payload.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadNumber(int.MaxValue));

    /// <summary>A byte that is 0 or 1.</summary>
    public bool ReadFlag()
    {
        var value = ReadByte();
        return value <= 1 ? value == 1 : throw new ProtocolException($"A flag in a message is {value}.");
    }

    /// <summary>All must have been read.</summary>
    public readonly void End()
    {
        if (!_left.IsEmpty)
            throw new ProtocolException($"A message has {_left.Length} bytes too many.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
            throw new ProtocolException($"A message ends early: {count} bytes are wanted, and {Left} are left.");
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
