namespace FerrisDB.Cli;

/// <summary>What became of the records of an import.</summary>
internal readonly record struct ImportCounts(long Records, long Duplicates, bool DuplicatesAreExact, long Bad);
