namespace FerrisDB.Storage;

/// <summary>The large value under a cursor, read when it is asked for and kept until another one is.</summary>
internal sealed unsafe class BlobValue
{
    private BlobCache? _files;
    private BlobSet? _blobs;
    private readonly BlobStreams _streams = new();
    private BlobStream? _stream; // the one that was read from last, null if none
    private BlobReference _reference;
    private Block* _block; // pinned, null if none

    /// <summary>Reads from blobs that the caller holds for as long as this is in use.</summary>
    public void Open(BlobCache files, BlobSet blobs)
    {
        Invariant.That(_block == null && _stream is null);
        _files = files;
        _blobs = blobs;
    }

    /// <summary>The value of an entry, valid until the next call.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="version">Its version.</param>
    /// <param name="encoded">What it has in place of the value.</param>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> key, long version, ReadOnlySpan<byte> encoded)
    {
        var reference = _files!.ReferenceOf(key, encoded);
        if (_block == null || reference != _reference)
            Enter(reference, key, version);
        return new ReadOnlySpan<byte>(_block->Payload, _block->PayloadSize);
    }

    /// <summary>Lets everything go.</summary>
    public void Close()
    {
        Unpin();
        if (_stream is not null)
            _streams.Close();
        (_stream, _files, _blobs) = (null, null, null);
    }

    private void Enter(BlobReference reference, ReadOnlySpan<byte> key, long version)
    {
        Unpin();
        if (_stream is null || reference.FileNumber != _stream.FileNumber)
        {
            _stream = _streams.Find(reference.FileNumber)
                ?? _streams.Open(_files!.Acquire(_blobs!, reference), reference.FileNumber);
        }
        _stream.Advance(reference);
        _reference = reference;
        _block = _stream.Reader.Pin(reference, key, version, BlockUse.Passed, _stream);
    }

    private void Unpin()
    {
        if (_block == null)
            return;
        var block = _block;
        _block = null;
        _stream!.Reader.Cache.Unpin(block);
    }
}
