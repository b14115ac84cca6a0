namespace FerrisDB;

/// <summary>Whom somebody has to ask before special keys can be read.</summary>
[Flags]
internal enum SpecialNeeds
{
    /// <summary>Nobody: all is at hand.</summary>
    None = 0,

    /// <summary>The database, at the read version.</summary>
    Database = 1,

    /// <summary>The server, about itself.</summary>
    Server = 2,
}
