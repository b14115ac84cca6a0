namespace FerrisDB.TestKit;

/// <summary>Where a disk returns something else than what was written to it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ReadFaults
{
    private readonly Lock _lock = new();
    private readonly List<(string Path, long Offset, byte Mask)> _flips = [];
    private readonly Dictionary<string, long> _ends = new(StringComparer.Ordinal);

    public void FlipBit(string path, long offset, int bit)
    {
        lock (_lock)
            _flips.Add((path, offset, (byte)(1 << bit)));
    }

    public void CutAt(string path, long length)
    {
        lock (_lock)
            _ends[path] = length;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _flips.Clear();
            _ends.Clear();
        }
    }

    /// <summary>Changes bytes read from an offset of a file; returns how many there are left.</summary>
    public int Distort(string path, long offset, Span<byte> bytes)
    {
        lock (_lock)
        {
            foreach (var (flippedPath, flippedOffset, mask) in _flips)
            {
                var index = flippedOffset - offset;
                if (flippedPath == path && index >= 0 && index < bytes.Length)
                    bytes[(int)index] ^= mask;
            }

            return _ends.TryGetValue(path, out var end) ? (int)Math.Clamp(end - offset, 0, bytes.Length) : bytes.Length;
        }
    }
}
