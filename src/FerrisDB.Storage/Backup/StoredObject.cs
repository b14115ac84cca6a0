namespace FerrisDB.Storage;

/// <summary>An object of an <see cref="IBackupStore"/>.</summary>
/// <param name="Name">Without the folder that it is in.</param>
/// <param name="SizeBytes">How many bytes are stored.</param>
public readonly record struct StoredObject(string Name, long SizeBytes);
