namespace FerrisDB.Native;

/// <summary>What kind of place a database is at.</summary>
internal enum PlaceKind
{
    /// <summary>A folder that this process opens.</summary>
    Folder,

    /// <summary>The memory of this process, under a name.</summary>
    Memory,

    /// <summary>Servers.</summary>
    Servers,
}
