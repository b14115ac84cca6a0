using System.Numerics;

namespace FerrisDB.Storage;

/// <summary>The bytes of a file that exists in memory alone: what an inode is to a real disk.</summary>
/// <remarks>Thread-safe. Names and open files refer to it; it lives as long as any of them.</remarks>
internal sealed class MemoryFileContent
{
    // Below 85,000 bytes, so that chunks are ordinary objects that the garbage collector may move.
    private const int ChunkSizeBytes = 32 << 10;

    // Most files are small, and a database in memory begins with some of them: their only chunk doubles.
    private const int FirstChunkBytesMin = 512;

    private static long _lastNumber;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _chunks = [];
    private long _length;

    /// <summary>No other content of this process has it. That the bytes changed, it does not tell.</summary>
    public FileStamp Stamp { get; } = new(0, (ulong)Interlocked.Increment(ref _lastNumber), 0);

    public long Length
    {
        get
        {
            lock (_lock)
                return _length;
        }
    }

    /// <summary>Reads until the span is full or the content ends; returns the count of bytes read.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        Invariant.That(offset >= 0);
        lock (_lock)
        {
            var count = (int)Math.Clamp(_length - offset, 0, destination.Length);
            for (var rest = destination[..count]; rest.Length > 0;)
            {
                var piece = Piece(offset, rest.Length);
                piece.CopyTo(rest);
                rest = rest[piece.Length..];
                offset += piece.Length;
            }

            return count;
        }
    }

    /// <summary>Writes all of <paramref name="data"/>; a gap behind the old end reads as zeros.</summary>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Invariant.That(offset >= 0);
        lock (_lock)
        {
            GrowTo(offset + data.Length);
            while (data.Length > 0)
            {
                var piece = Piece(offset, data.Length);
                data[..piece.Length].CopyTo(piece);
                data = data[piece.Length..];
                offset += piece.Length;
            }
        }
    }

    /// <summary>Cuts the content or extends it with zeros.</summary>
    public void SetLength(long length)
    {
        Invariant.That(length >= 0);
        lock (_lock)
        {
            GrowTo(length);
            _length = length;
            var chunks = checked((int)((length + ChunkSizeBytes - 1) / ChunkSizeBytes));
            _chunks.RemoveRange(chunks, _chunks.Count - chunks);
            // What is behind the end must be zero: growing again shows it.
            if (length % ChunkSizeBytes != 0)
                _chunks[^1].AsSpan((int)(length % ChunkSizeBytes)).Clear();
        }
    }

    // A file that has one chunk may have a part of it; one that has more has all.
    private void GrowTo(long length)
    {
        if (_chunks.Count <= 1 && length > FirstChunkBytes)
            GrowFirstChunk((int)Math.Min(length, ChunkSizeBytes));
        while ((long)_chunks.Count * ChunkSizeBytes < length)
            _chunks.Add(new byte[ChunkSizeBytes]);
        _length = Math.Max(_length, length);
    }

    private int FirstChunkBytes => _chunks.Count == 0 ? 0 : _chunks[0].Length;

    private void GrowFirstChunk(int bytes)
    {
        var chunk = new byte[Math.Max(FirstChunkBytesMin, (int)BitOperations.RoundUpToPowerOf2((uint)bytes))];
        if (_chunks.Count == 0)
        {
            _chunks.Add(chunk);
            return;
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active != SeededBug.SmallMemoryFileLosesItsBytes)
#endif
            _chunks[0].CopyTo(chunk, 0);
        _chunks[0] = chunk;
    }

    /// <summary>At most <paramref name="length"/> bytes from an offset on, up to the end of their chunk.</summary>
    private Span<byte> Piece(long offset, int length)
    {
        var within = (int)(offset % ChunkSizeBytes);
        var chunk = _chunks[(int)(offset / ChunkSizeBytes)];
        return chunk.AsSpan(within, Math.Min(length, chunk.Length - within));
    }
}
