namespace FerrisDB.Cli;

/// <summary>A directory that is open: the prefix of its keys, which a partition has not, and its layer.</summary>
internal sealed record DirectoryJson(string Path, string? Prefix, string? PrefixBase64, string? Layer);
