namespace FerrisDB.Bench;

/// <summary>An engine as a report names it.</summary>
internal sealed record EngineFacts(string Name, string Version, string Notes);
