namespace FerrisDB.TestKit;

/// <summary>What became of the things that were written but not synced when everything stopped.</summary>
internal enum CrashKind
{
    /// <summary>The power failed; the seed decides what the disk kept of each page and of each name.</summary>
    PowerFailure,

    /// <summary>The power failed before the disk had got anything that was not synced.</summary>
    PowerFailureLosesUnsynced,

    /// <summary>The power failed after the disk had got everything, synced or not.</summary>
    PowerFailureKeepsUnsynced,

    /// <summary>
    /// The process was killed and the machine went on: all that was written is there, and what was not synced still is
    /// not, so that a power failure after the restart can lose it although it has been read meanwhile.
    /// </summary>
    ProcessKilled,
}
