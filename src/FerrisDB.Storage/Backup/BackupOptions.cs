namespace FerrisDB.Storage;

/// <summary>How a backup is made. Immutable.</summary>
public sealed record BackupOptions
{
    /// <summary>Called on the thread that makes the backup, about once for each mebibyte. Must be quick.</summary>
    public Action<BackupProgress>? Progress { get; init; }

    /// <summary>Asked once, when the backup is taken: what versions have to do with time. Null if nothing.</summary>
    internal Func<BackupClock>? Clock { get; init; }
}
