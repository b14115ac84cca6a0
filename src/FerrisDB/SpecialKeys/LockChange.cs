namespace FerrisDB;

/// <summary>What a transaction wants of the lock of the database.</summary>
/// <param name="Id">The id to lock it by, as it was given; null to unlock it.</param>
internal readonly record struct LockChange(byte[]? Id);
