using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Native memory that grows as bytes are added at its end, and is used again once it is cleared.</summary>
internal sealed unsafe class OutputBuffer(int capacity) : IDisposable
{
    private NativeBuffer? _memory = NativeBuffer.Allocate(capacity);

    public int Length { get; private set; }

    public byte* Pointer => Memory.Pointer;

    public Span<byte> Span => new(Pointer, Length);

    private NativeBuffer Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory;
        }
    }

    /// <summary>The first <paramref name="length"/> bytes, for an asynchronous write.</summary>
    public ReadOnlyMemory<byte> First(int length) => Memory.Memory[..length];

    /// <summary>
    /// Makes room for that many bytes more and returns where they go; <see cref="Advance"/> takes them in.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Reserve(int bytes)
    {
        if (Length + (long)bytes > Memory.Length)
            Grow(Length + (long)bytes);
        return Pointer + Length;
    }

    /// <summary>As <see cref="Reserve"/>: the room itself.</summary>
    public Span<byte> Room(int bytes) => new(Reserve(bytes), bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes)
    {
        Length += bytes;
        Invariant.That((uint)Length <= (uint)Memory.Length);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(Reserve(bytes.Length), bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Drops the first bytes and moves the rest to the front.</summary>
    public void RemoveFirst(int bytes)
    {
        Invariant.That((uint)bytes <= (uint)Length);
        var rest = Length - bytes;
        Buffer.MemoryCopy(Pointer + bytes, Pointer, rest, rest);
        Length = rest;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
    }

    private void Grow(long needed)
    {
        var capacity = (int)Math.Min(Math.Max(needed, 2L * Memory.Length), int.MaxValue);
        Invariant.That(capacity >= needed);
        var larger = NativeBuffer.Allocate(capacity);
        Span.CopyTo(larger.Span);
        Memory.Dispose();
        _memory = larger;
    }
}
