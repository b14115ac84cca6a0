namespace FerrisDB.Storage;

/// <summary>How the blocks of a table are compressed. A block that does not shrink is stored as it is.</summary>
public enum Compression
{
    /// <summary>Not at all: fastest to write and to read on a cache miss.</summary>
    None = 0,

    /// <summary>LZ4: about half the size at some GB/s of decoding.</summary>
    Lz4 = 1,

    /// <summary>Zstandard, level 1: a third smaller than LZ4, several times slower to decode.</summary>
    Zstd = 2,
}
