namespace FerrisDB.Storage;

/// <summary>When a backup was taken, in time and in versions.</summary>
/// <param name="TakenAt">By the clock of the machine that has the database.</param>
/// <param name="Clock">Which version that was; null if versions have nothing to do with time.</param>
/// <param name="FirstVersion">The oldest version that can be restored: all before it is in tables.</param>
/// <param name="LastVersion">The newest version that the log has.</param>
internal readonly record struct BackupMoment(
    DateTimeOffset TakenAt, BackupClock? Clock, long FirstVersion, long LastVersion);
