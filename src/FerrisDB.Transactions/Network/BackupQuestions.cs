namespace FerrisDB.Transactions;

/// <summary>Asks a server about a backup, and gives back the payload of its answer.</summary>
internal delegate ValueTask<byte[]> BackupQuestions(MessageType type, ReadOnlyMemory<byte> payload);
