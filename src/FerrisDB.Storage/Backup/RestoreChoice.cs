namespace FerrisDB.Storage;

/// <summary>Finds the backup that covers what is to be restored.</summary>
internal static class RestoreChoice
{
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.RestoreInvalidVersion"/>, <see cref="ErrorCode.BackupDoesNotExist"/>,
    /// <see cref="ErrorCode.FileCorrupt"/>
    /// </exception>
    public static (BackupManifest Backup, long Version) Of(BackupCatalog catalog, RestoreOptions options)
    {
        IReadOnlyList<BackupManifest> candidates =
            options.BackupId is { } id ? [catalog.Find(id)] : catalog.Manifests;
        // The newest that has it has seen the fewest compactions undone, and is verified most often.
        foreach (var backup in candidates.Reverse())
        {
            if (VersionIn(backup, options) is { } version)
                return (backup, version);
        }
        if (candidates.Count == 0 && catalog.Damaged is [var (_, error), ..])
            throw error;
        throw candidates.Count == 0
            ? FolderBackupStore.NoBackups(catalog.Objects.Store.Location)
            : NotCovered(candidates, options);
    }

    private static long? VersionIn(BackupManifest backup, RestoreOptions options)
    {
        if (options.Time is { } time)
            return backup.VersionAt(time);
        var version = options.Version ?? backup.LastVersion;
        return version >= backup.FirstVersion && version <= backup.LastVersion ? version : null;
    }

    private static FerrisException NotCovered(IReadOnlyList<BackupManifest> backups, RestoreOptions options)
    {
        const int ToldMax = 8;
        var wanted = options.Time is { } time ? $"the time {time:u}" : $"version {options.Version}";
        var ranges = backups.TakeLast(ToldMax)
            .Select(backup => options.Time is null
                ? $"{backup.Id}: {backup.FirstVersion} to {backup.LastVersion}"
                : $"{backup.Id}: taken {backup.TakenAt:u}");
        return new FerrisException(
            ErrorCode.RestoreInvalidVersion,
            $"No backup covers {wanted}. There are {string.Join(", ", ranges)}"
                + (backups.Count > ToldMax ? $", and {backups.Count - ToldMax} older ones." : "."));
    }
}
