namespace FerrisDB.Storage;

/// <summary>Why a block is wanted, which decides how long the cache keeps it.</summary>
internal enum BlockUse : byte
{
    /// <summary>A get or a seek chose it: likely to be chosen again.</summary>
    Chosen,

    /// <summary>A cursor came to it from its neighbour: a long scan must not push out what others use.</summary>
    Passed,

    /// <summary>
    /// A compaction reads it, and nobody will after that: it is used if it is cached, else read past the cache.
    /// </summary>
    Once,
}
