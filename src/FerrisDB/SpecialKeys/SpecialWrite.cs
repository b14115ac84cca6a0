namespace FerrisDB;

/// <summary>Sets a special key of a transaction. Returns what is wrong with that, or null.</summary>
internal delegate FerrisException? SpecialWrite(
    TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
