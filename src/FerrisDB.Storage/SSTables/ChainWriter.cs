namespace FerrisDB.Storage;

/// <summary>Writes sorted entries as a chain of blocks that are not compressed (<see cref="SSTableFormat"/>).</summary>
internal sealed class ChainWriter(OutputBuffer output, long offset, BlockKind kind) : IDisposable
{
    private const int BlockSizeBytes = 16 << 10;

    private readonly BlockWriter _block = new(hasFingerprints: false);
    private readonly int _start = output.Length;

    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        if (_block.EntryCount > 0 && _block.SizeBytes >= BlockSizeBytes)
            WriteBlock();
        _block.Add(key, tag, value);
    }

    /// <summary>Ends the chain and returns its place.</summary>
    public BlockHandle Finish()
    {
        WriteBlock();
        return new BlockHandle(offset, output.Length - _start);
    }

    public void Dispose() => _block.Dispose();

    private void WriteBlock()
    {
        var entryCount = _block.EntryCount;
        var payload = _block.Finish();
        StoredBlock.Write(output, offset + output.Length - _start, kind, Compression.None, payload, entryCount);
    }
}
