namespace FerrisDB.Cli;

/// <summary>A file of a database, explained in lines of text.</summary>
internal sealed record FileJson(string File, string Kind, long Bytes, bool IsWhole, IReadOnlyList<string> Lines);
