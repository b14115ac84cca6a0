namespace FerrisDB.Storage;

/// <summary>Which version the clock stood at: where versions follow the time, it tells one from the other.</summary>
/// <param name="Version">What a commit would have got when the backup was taken.</param>
/// <param name="Since">The version at which the database was opened: the time of older ones is unknown.</param>
/// <param name="PerSecond">Versions that pass in a second.</param>
internal readonly record struct BackupClock(long Version, long Since, long PerSecond);
