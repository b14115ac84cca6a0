namespace FerrisDB.Native;

/// <summary>Where a future is in its life.</summary>
internal enum FutureState
{
    /// <summary>Not ready.</summary>
    Pending,

    /// <summary>Ready, with a result.</summary>
    Result,

    /// <summary>Ready, with an error.</summary>
    Error,

    /// <summary>It had a result, whose memory was given back.</summary>
    Released,
}
