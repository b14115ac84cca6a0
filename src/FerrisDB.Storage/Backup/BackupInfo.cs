namespace FerrisDB.Storage;

/// <summary>A backup, as a list shows it.</summary>
public sealed record BackupInfo
{
    /// <summary>Its name, such as <c>000001</c>; a later backup has a larger number.</summary>
    public required string Id { get; init; }

    /// <summary>When it was taken, by the clock of who took it.</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>The oldest version that can be restored from it.</summary>
    public long FirstVersion { get; init; }

    /// <summary>The newest version that can be restored from it.</summary>
    public long LastVersion { get; init; }

    /// <summary>Files of the database that it has.</summary>
    public int FileCount { get; init; }

    /// <summary>Bytes of those files. Those that other backups have too are stored once.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Why nothing is known of it, and nothing can be restored from it; null if all is well.</summary>
    public string? Damage { get; init; }

    internal static BackupInfo Of(BackupManifest manifest) => new()
    {
        Id = manifest.Id,
        TakenAt = manifest.TakenAt,
        FirstVersion = manifest.FirstVersion,
        LastVersion = manifest.LastVersion,
        FileCount = manifest.Files.Count,
        SizeBytes = manifest.SizeBytes,
    };
}
