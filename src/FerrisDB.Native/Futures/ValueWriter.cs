using System.Buffers;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>
/// Native memory that a value is read into, so that it need not be an object first. A small value needs no memory of
/// its own: the block that it is in is used again.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed unsafe class ValueWriter : IBufferWriter<byte>
{
    /// <summary>Bytes of a block that is used again.</summary>
    public const int BlockBytes = 256;

    // Programs that take a value for a text want a zero behind it; FoundationDB's own tests do.
    private const int EndBytes = 1;

    private byte* _block;
    private byte* _memory;
    private int _capacity;
    private int _length;

    /// <summary>Bytes so far.</summary>
    public int Length => _length;

    /// <summary>Begins with nothing.</summary>
    public void Clear()
    {
        if (_memory != _block)
            NativeMemory.Free(_memory);
        if (_block == null)
            _block = (byte*)NativeMemory.Alloc(BlockBytes + EndBytes);
        _memory = _block;
        _capacity = BlockBytes;
        _length = 0;
    }

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_capacity - _length < Math.Max(sizeHint, 1))
            Grow(sizeHint);
        return new Span<byte>(_memory + _length, _capacity - _length);
    }

    /// <summary>Who writes here copies, and takes a span.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    /// <summary>Gives the bytes away. Whoever takes them leaves the block that he has had before.</summary>
    /// <param name="block">The block of whoever takes them, or zero; afterwards the block that is his.</param>
    /// <returns>Where they are: in his block, or in memory that he frees.</returns>
    public nint Detach(ref nint block)
    {
        var memory = _memory;
        memory[_length] = 0;
        if (memory == _block)
        {
            _block = (byte*)block;
            block = (nint)memory;
        }
        _memory = _block;
        return (nint)memory;
    }

    /// <summary>Gives all memory back.</summary>
    public void Free()
    {
        if (_memory != _block)
            NativeMemory.Free(_memory);
        NativeMemory.Free(_block);
        _memory = null;
        _block = null;
    }

    private void Grow(int sizeHint)
    {
        // The first piece of a value tells how long it is: then nothing is left over.
        var capacity = _length == 0 && sizeHint > 0 ? sizeHint : Math.Max(_capacity * 2, checked(_length + sizeHint));
        var memory = (byte*)NativeMemory.Alloc((nuint)capacity + EndBytes);
        new Span<byte>(_memory, _length).CopyTo(new Span<byte>(memory, capacity));
        if (_memory != _block)
            NativeMemory.Free(_memory);
        _memory = memory;
        _capacity = capacity;
    }
}
