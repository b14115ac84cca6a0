namespace FerrisDB.Cli;

/// <summary>The options that are set: of every transaction, and of the one that is open.</summary>
internal sealed record OptionsJson(IReadOnlyList<string> All, IReadOnlyList<string> Transaction);
