using System.Text.Json;

namespace FerrisDB.Cli;

/// <summary>What the shell has open; no bytes if there is no transaction, and no server of a folder.</summary>
internal sealed record StatusJson(
    string Folder, long Version, string WriteMode, long? TransactionBytes, JsonElement? Server);
