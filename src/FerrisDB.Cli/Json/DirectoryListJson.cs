namespace FerrisDB.Cli;

/// <summary>The names of the directories below another one.</summary>
internal sealed record DirectoryListJson(string Path, IReadOnlyList<string> Names);
