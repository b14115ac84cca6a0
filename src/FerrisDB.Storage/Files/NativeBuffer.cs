using System.Buffers;

namespace FerrisDB.Storage;

/// <summary>Bytes outside the garbage-collected heap: aligned, never moved, and gone when disposed.</summary>
/// <remarks>
/// Whoever allocates one disposes it, after the last use of its memory: a span taken before must not be used after.
/// There is no finalizer, so a forgotten one is a leak, which <see cref="TotalBytes"/> shows.
/// </remarks>
internal sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private static long _totalBytes;

    private byte* _pointer;

    private NativeBuffer(byte* pointer, int length)
    {
        _pointer = pointer;
        Length = length;
    }

    /// <summary>Bytes of all buffers of this process that have not been disposed yet.</summary>
    public static long TotalBytes => Interlocked.Read(ref _totalBytes);

    public int Length { get; }

    /// <summary>Null once disposed.</summary>
    public byte* Pointer => _pointer;

    public Span<byte> Span => GetSpan();

    /// <summary>Allocates <paramref name="bytes"/> bytes with undefined content.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <param name="alignment">A power of two; the default suits direct disk writes.</param>
    public static NativeBuffer Allocate(int bytes, int alignment = 4096)
    {
        Invariant.That(bytes > 0);
        Invariant.That(int.IsPow2(alignment));
        var buffer = new NativeBuffer(PageMemory.Allocate(bytes, alignment), bytes);
        Interlocked.Add(ref _totalBytes, bytes);
        return buffer;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        return new Span<byte>(_pointer, Length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        Invariant.That((uint)elementIndex <= (uint)Length);
        return new MemoryHandle(_pointer + elementIndex);
    }

    public override void Unpin()
    {
    }

    public void Dispose() => Dispose(disposing: true);

    protected override void Dispose(bool disposing)
    {
        var pointer = _pointer;
        _pointer = null;
        if (pointer == null)
            return;
        PageMemory.Free(pointer, Length);
        Interlocked.Add(ref _totalBytes, -Length);
    }
}
