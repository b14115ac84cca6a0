namespace FerrisDB.Storage;

/// <summary>A file's first bytes in this process's memory, shared with the operating system's page cache.</summary>
/// <remarks>Whoever disposes it makes sure that no other thread is writing.</remarks>
internal sealed unsafe class DiskMapping(nint address, long length) : IFileMapping
{
    private byte* _pointer = (byte*)address;

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        Invariant.That(offset >= 0 && offset <= length - data.Length);
        data.CopyTo(new Span<byte>(_pointer + offset, data.Length));
    }

    public void Dispose()
    {
        var pointer = _pointer;
        _pointer = null;
        if (pointer != null)
            Invariant.That(LinuxCalls.Unmap((nint)pointer, (nuint)length) == 0);
    }
}
