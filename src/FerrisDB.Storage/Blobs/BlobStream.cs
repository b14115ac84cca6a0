using System.Buffers;

namespace FerrisDB.Storage;

// A flush writes its values in the order of their keys, so a scan finds the values of each blob in the order of the
// file, however many blobs it goes through by turns. What it will want next is then the record behind:
//
//     | dead | value | value | value | value | value | value | ...
//               read    read    read   |--- one call for these ----|
//
// The window doubles from WindowMin to WindowMax while the scan goes on in order: a short one reads little in vain.

/// <summary>One blob as a cursor reads it: how far it has come, and what it has read ahead.</summary>
/// <remarks>
/// For one thread. What was read ahead is no better than what the disk returned: each record is checked when it is
/// asked for.
/// </remarks>
internal sealed class BlobStream
{
    /// <summary>The most that is read ahead of one blob.</summary>
    public const int WindowMax = 64 << 10;

    private const int WindowMin = 16 << 10;
    private const int InOrderMin = 3;

    private BlobReader? _reader; // with a reference, null while it is closed
    private byte[] _buffer = [];
    private long _begin; // of the buffer, in the file
    private int _length;
    private int _window;
    private int _inOrder;
    private long _end; // of the last record that was asked for

    public BlobReader Reader => _reader!;

    public long FileNumber { get; private set; }

    /// <summary>Takes over the reference to the reader.</summary>
    public void Open(BlobReader reader, long fileNumber)
    {
        Invariant.That(_reader is null);
        _reader = reader;
        FileNumber = fileNumber;
        (_begin, _length, _window, _inOrder, _end) = (0, 0, 0, 0, 0);
    }

    /// <summary>The cursor has come to a record, wherever its value comes from.</summary>
    public void Advance(BlobReference reference)
    {
        // What lies between are values that nobody refers to any more. As much of those as of others is worth it.
        var gap = reference.Offset - _end;
        _inOrder = gap >= 0 && gap <= reference.RecordSize ? _inOrder + 1 : 0;
        _end = reference.End;
        if (_inOrder == 0)
            _window = 0;
    }

    /// <summary>
    /// The bytes of the record that the cursor has come to, with those behind it in one call if the cursor goes through
    /// the file in order; false if that is not worth it, or fails.
    /// </summary>
    public bool TryRead(BlobReference reference, IFile file, long recordsEnd, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (!Has(reference))
        {
            if (_inOrder < InOrderMin || reference.RecordSize > WindowMax / 2)
                return false;
            _window = Math.Clamp(2 * Math.Max(_window, reference.RecordSize), WindowMin, WindowMax);
            Fill(file, reference.Offset, (int)Math.Min(_window, recordsEnd - reference.Offset));
            if (!Has(reference))
                return false;
        }
        record = _buffer.AsSpan((int)(reference.Offset - _begin), reference.RecordSize);
        return true;
    }

    public void Close()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _reader!.Release();
        _reader = null;
    }

    private bool Has(BlobReference reference) =>
        reference.Offset >= _begin && reference.End <= _begin + _length;

    private void Fill(IFile file, long offset, int length)
    {
        if (_buffer.Length < length)
        {
            if (_buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }
        _begin = offset;
        try
        {
            _length = file.Read(offset, _buffer.AsSpan(0, length));
        }
        catch (FerrisException)
        {
            // Perhaps where nobody wants to read. Who wants to is told by a read of its own.
            _length = 0;
        }
    }
}
