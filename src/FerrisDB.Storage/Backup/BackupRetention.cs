namespace FerrisDB.Storage;

/// <summary>Which backups are kept; the newest one always is. Immutable.</summary>
public sealed record BackupRetention
{
    /// <summary>Keep so many of the newest, at least 1. Default: 1.</summary>
    public int Newest { get; init; } = 1;

    /// <summary>Also keep those that were taken at this time or later. Default: no others.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Says what would be removed, and removes nothing. Default: false.</summary>
    public bool DryRun { get; init; }
}
