namespace FerrisDB.Transactions;

/// <summary>Somebody who keeps the log of the database in backups, and what is held for that.</summary>
/// <param name="Holder">Whose connection it is, or was.</param>
/// <param name="Address">Where it comes from.</param>
/// <param name="Away">For how long it has not been connected; null if it is.</param>
/// <param name="LogBytes">Bytes of log that are held, those among them that the database itself needs.</param>
/// <param name="StoredVersion">It has stored all up to here; null if its first backup is not known to be.</param>
internal sealed record FollowerStatus(
    string Holder, string Address, TimeSpan? Away, long LogBytes, long? StoredVersion);
