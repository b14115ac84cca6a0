namespace FerrisDB.Transactions;

/// <summary>What a server can be told to do. The numbers are part of the protocol.</summary>
internal enum AdminOrder : byte
{
    /// <summary>End in good order.</summary>
    Stop = 1,

    /// <summary>Log from this level on; the answer is the level before.</summary>
    SetLogLevel = 2,

    /// <summary>Let transactions with a tag start no faster than this, or as they like again.</summary>
    Throttle = 3,
}
