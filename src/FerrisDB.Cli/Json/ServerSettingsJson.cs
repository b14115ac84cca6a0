namespace FerrisDB.Cli;

/// <summary>What a server is told.</summary>
internal sealed record ServerSettingsJson(IReadOnlyList<ServerSettingJson> Settings);
