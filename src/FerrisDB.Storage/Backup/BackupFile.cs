namespace FerrisDB.Storage;

/// <summary>A file of the database, as a backup has it.</summary>
/// <param name="Name">In the folder of the database.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Hash">SHA-256 of its bytes, which names the object that has them.</param>
/// <param name="Stamp">Of the file that was read; a file with the same one is not read again. Null if it had none.
/// </param>
internal sealed record BackupFile(string Name, long SizeBytes, string Hash, FileStamp? Stamp);
