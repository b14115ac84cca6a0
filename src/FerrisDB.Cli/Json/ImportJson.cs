namespace FerrisDB.Cli;

/// <summary>What an import did.</summary>
/// <param name="Records">Records that were written.</param>
/// <param name="Duplicates">Records whose key an earlier record of the same import had; the later one won.</param>
/// <param name="DuplicatesAreExact">False if there were too many keys to remember all of them.</param>
/// <param name="Bad">Records that were left out with --skip-bad.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Version">The version of the last write.</param>
internal sealed record ImportJson(
    long Records, long Duplicates, bool DuplicatesAreExact, long Bad, long Bytes, double Seconds, long Version);
