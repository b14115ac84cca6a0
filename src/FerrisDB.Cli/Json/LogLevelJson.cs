namespace FerrisDB.Cli;

/// <summary>The level of a server's log, before and now.</summary>
internal sealed record LogLevelJson(string Before, string Level);
