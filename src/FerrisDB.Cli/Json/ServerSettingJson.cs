namespace FerrisDB.Cli;

/// <summary>One setting of a server, what holds, and who says it.</summary>
internal sealed record ServerSettingJson(string Name, string Value, string SaidBy);
