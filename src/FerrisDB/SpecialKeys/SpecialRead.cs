namespace FerrisDB;

/// <summary>Reads the rows of a module of special keys from the database, at a version.</summary>
internal delegate ValueTask<IReadOnlyList<SpecialRow>> SpecialRead(
    TransactionContext context, ReadPoint at, PageRequest request);
