namespace FerrisDB.Bench;

/// <summary>What the keys look like.</summary>
internal enum KeyStyle
{
    /// <summary>16 bytes that look random throughout; the first eight decide almost every comparison.</summary>
    Random16,

    /// <summary>The same 16 bytes behind 24 that all keys share, as the keys of a tuple layer have.</summary>
    LongPrefix,
}
