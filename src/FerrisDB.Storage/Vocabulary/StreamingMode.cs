namespace FerrisDB;

/// <summary>How much of a range is fetched at once. Codes are FoundationDB's.</summary>
public enum StreamingMode
{
    /// <summary>Everything will be wanted: large pages from the start.</summary>
    WantAll = -2,

    /// <summary>Small pages first, then larger ones: right for most. The default.</summary>
    Iterator = -1,

    /// <summary>All that the limits allow, in one page. Needs a limit.</summary>
    Exact = 0,

    /// <summary>Pages of about 256 bytes.</summary>
    Small = 1,

    /// <summary>Pages of about 1,000 bytes.</summary>
    Medium = 2,

    /// <summary>Pages of about 4,096 bytes.</summary>
    Large = 3,

    /// <summary>Pages of about 80,000 bytes: as fast as one reader can be.</summary>
    Serial = 4,
}
