namespace FerrisDB.Storage;

/// <summary>What is restored. Immutable.</summary>
public sealed record RestoreOptions
{
    /// <summary>The backup; null takes the newest one that covers what is asked for.</summary>
    public string? BackupId { get; init; }

    /// <summary>The version; null takes the newest of the backup. Not together with <see cref="Time"/>.</summary>
    public long? Version { get; init; }

    /// <summary>
    /// The database as it was at this time. Exact to about a millisecond where a backup covers the time; otherwise it
    /// is the last backup that was taken before. Not together with <see cref="Version"/>.
    /// </summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Called on the thread that restores, about once for each mebibyte. Must be quick.</summary>
    public Action<BackupProgress>? Progress { get; init; }
}
