namespace FerrisDB.Cli;

/// <summary>Where a key lives and what a read of it touches.</summary>
internal sealed record KeyHistoryJson(
    string Key, string? KeyBase64, long Version, bool Found, int BlocksRead, IReadOnlyList<KeyStepJson> Read,
    IReadOnlyList<KeyPlaceJson> Places);
