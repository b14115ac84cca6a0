namespace FerrisDB.Cli;

/// <summary>What a compaction made of the tables.</summary>
internal sealed record CompactJson(
    long TablesBefore, long BytesBefore, long TablesAfter, long BytesAfter, double Seconds);
