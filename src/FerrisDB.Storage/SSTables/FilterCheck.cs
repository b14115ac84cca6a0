namespace FerrisDB.Storage;

/// <summary>The filter of a table on its own, for those who check that it has every key.</summary>
internal sealed class FilterCheck : IDisposable
{
    private readonly NativeBuffer _lines;
    private readonly int _probes;

    private FilterCheck(NativeBuffer lines, int probes)
    {
        _lines = lines;
        _probes = probes;
    }

    public static FilterCheck Read(BlockSource source, BlockHandle handle)
    {
        var lines = source.ReadFilter(handle, out var probes);
        return new FilterCheck(lines, probes);
    }

    public unsafe bool MayContain(ReadOnlySpan<byte> key) =>
        new BloomFilter(_lines.Pointer, (uint)(_lines.Length / BloomFilter.LineSize), _probes)
            .MayContain(KeyHash.Of(key));

    public void Dispose() => _lines.Dispose();
}
