namespace FerrisDB.Storage;

/// <summary>The filter of a table on its own, for those who check that it has every key.</summary>
internal sealed class FilterCheck : IDisposable
{
    private readonly NativeBuffer _lines;

    private FilterCheck(NativeBuffer lines) => _lines = lines;

    public static FilterCheck Read(BlockSource source, BlockHandle handle) => new(source.ReadFilter(handle));

    public unsafe bool MayContain(ReadOnlySpan<byte> key)
    {
        var filter = new BloomFilter((ulong*)_lines.Pointer, (uint)(_lines.Length / BloomFilter.LineSize));
        return filter.MayContain(KeyHash.Of(key));
    }

    public void Dispose() => _lines.Dispose();
}
