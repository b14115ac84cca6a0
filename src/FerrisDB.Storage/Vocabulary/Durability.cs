namespace FerrisDB;

/// <summary>What an acknowledged write survives.</summary>
/// <remarks>
/// A write of a stronger kind makes everything before it as durable as itself. Whatever the kind, after a crash the
/// database holds a prefix of the writes in their order, never a later one without an earlier one.
/// </remarks>
public enum Durability
{
    /// <summary>Survives power loss: acknowledged after the log was synced to the disk. The default.</summary>
    Sync = 0,

    /// <summary>
    /// Survives the death of the process (kill -9), not of the machine: handed to the operating system.
    /// </summary>
    Process = 1,

    /// <summary>
    /// Survives nothing for certain: it is in this process's memory and reaches the log with later writes.
    /// </summary>
    None = 2,
}
