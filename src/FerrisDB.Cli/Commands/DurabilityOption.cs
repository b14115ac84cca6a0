using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>What a write must survive before it is acknowledged.</summary>
internal static class DurabilityOption
{
    public static Option<Durability?> Create() => Choice.Of<Durability>(
        "--durability",
        "What a write survives once it is acknowledged: sync (power loss, the default), process (kill -9), none.");
}
