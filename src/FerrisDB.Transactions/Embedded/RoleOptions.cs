namespace FerrisDB.Transactions;

/// <summary>What the roles of a database are told when they begin.</summary>
/// <param name="Clock">Tells the time of versions; some milliseconds more or less do not matter.</param>
/// <param name="Window">How long a version stays readable after a newer one was committed.</param>
/// <param name="SkipsVersions">
/// Others outlive this process, and may know of versions that it has lost: leave a gap behind those that it has.
/// </param>
internal readonly record struct RoleOptions(TimeProvider Clock, TimeSpan Window, bool SkipsVersions = false);
