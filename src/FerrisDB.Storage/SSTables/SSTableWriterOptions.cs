namespace FerrisDB.Storage;

/// <summary>How a table is written. Readers need to know none of it.</summary>
internal sealed record SSTableWriterOptions
{
    /// <summary>
    /// Bytes of a data block before compression; at most 64 KiB. A larger entry makes a larger block.
    /// </summary>
    public int BlockSizeBytes { get; init; } = 16 << 10;

    /// <summary>Bits of bloom filter for each key; 0 writes no filter.</summary>
    public int FilterBitsPerKey { get; init; } = 10;

    public Compression Compression { get; init; }

    /// <summary>Bytes of a partition of the index.</summary>
    public int IndexPartitionSizeBytes { get; init; } = 16 << 10;

    /// <inheritdoc cref="TableProperties.IsSortedFile"/>
    public bool IsSortedFile { get; init; }

    /// <summary>How a table is written.</summary>
    /// <param name="options">Of the database.</param>
    /// <param name="level">Where it will lie.</param>
    /// <param name="tableBytes">Of all tables that there are.</param>
    public static SSTableWriterOptions From(StorageOptions options, int level, long tableBytes) => new()
    {
        BlockSizeBytes =
            Math.Clamp(options.EffectiveBlockSizeBytes(tableBytes), 1 << 10, SSTableFormat.MaxEntryOffset),
        FilterBitsPerKey = options.FilterBitsPerKey,
        Compression = options.CompressionOf(level),
    };
}
