using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>Native memory in the making: first what has a fixed size, then the bytes that it points to.</summary>
internal unsafe ref struct NativeBlock
{
    private readonly byte* _start;
    private byte* _next;

    /// <summary>Takes memory for an array at the start and for what is put behind it.</summary>
    public NativeBlock(long headerBytes, long bytes)
    {
        // A page of no rows has a place too: some clients take a null pointer for an error.
        _start = (byte*)NativeMemory.Alloc((nuint)Math.Max(headerBytes + bytes, 1));
        _next = _start + headerBytes;
    }

    /// <summary>The start, where the array is.</summary>
    public readonly nint Start => (nint)_start;

    /// <summary>Copies bytes behind those before.</summary>
    public NativeKey Put(ReadOnlySpan<byte> bytes)
    {
        var key = new NativeKey { Bytes = _next, Length = bytes.Length };
        bytes.CopyTo(new Span<byte>(_next, bytes.Length));
        _next += bytes.Length;
        return key;
    }

    /// <summary>Leaves room for something behind what is there.</summary>
    public byte* Skip(int bytes)
    {
        var place = _next;
        _next += bytes;
        return place;
    }
}
