namespace FerrisDB.Native;

/// <summary>What a future has when it is ready: which of the getters may ask for it.</summary>
internal enum FutureKind
{
    /// <summary>Nothing: that it is ready is all there is to know.</summary>
    Nothing,

    /// <summary>A signed or unsigned integer of 64 bits, or true and false.</summary>
    Number,

    /// <summary>A floating-point number.</summary>
    Real,

    /// <summary>A key, or other bytes that are always there.</summary>
    Key,

    /// <summary>A value that may be absent.</summary>
    Value,

    /// <summary>An array of <see cref="NativeKeyValue"/>.</summary>
    KeyValues,

    /// <summary>An array of <see cref="NativeMappedKeyValue"/>.</summary>
    MappedKeyValues,

    /// <summary>An array of <see cref="NativeKey"/>.</summary>
    Keys,

    /// <summary>An array of pointers to texts that end with a zero byte.</summary>
    Strings,

    /// <summary>A handle of a cluster, which its taker destroys.</summary>
    Cluster,

    /// <summary>A handle of a database, which its taker destroys.</summary>
    Database,
}
