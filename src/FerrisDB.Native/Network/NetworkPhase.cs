namespace FerrisDB.Native;

/// <summary>Where the network thread is in its life.</summary>
internal enum NetworkPhase
{
    /// <summary>Nobody has set it up.</summary>
    None,

    /// <summary>It runs, or may.</summary>
    SetUp,

    /// <summary>It was stopped, for good.</summary>
    Stopped,
}
