namespace FerrisDB;

// What a database is, for whoever has a cluster in mind. There is one process, with one shard of all keys:
//
//     status/json                                how the database is, as a JSON document
//     connection_string                          how to get here
//     cluster_file_path                          where that is written; empty if it is nowhere
//     cluster_id                                 32 hexadecimal digits
//     configuration/coordinators/...             the name in the connection string, and the addresses
//     configuration/process/class_type/ADDRESS   "unset"
//     configuration/process/class_source/ADDRESS "command_line"
//     global_config/                             nothing
//     metrics/data_distribution_stats/KEY        the size of the shard that begins there, as JSON
//     metrics/health/...                         how far storage is behind, as JSON
//     worker_interfaces/ADDRESS                  the process

/// <summary>The special keys about the cluster.</summary>
internal static class ClusterModules
{
    private const string OneProcess =
        "There is one process, which does everything: what it is for, and where it is, it is told when it is started.";

    /// <summary>All of them.</summary>
    public static SpecialModule[] All { get; } =
    [
        new("status/json", isRange: false, isAlone: true)
        {
            Read = static (context, key) => [new(key, StatusDocument.Write(context))],
            NeedsServer = true,
            IsOfTenants = true,
        },
        new("connection_string", isRange: false)
        {
            Read = static (context, key) => [new(key, StatusDocument.Connection(context))],
            IsOfTenants = true,
        },
        new("cluster_file_path", isRange: false)
        {
            Read = static (context, key) => [new(key, StatusDocument.File(context))],
            IsOfTenants = true,
        },
        new("cluster_id", isRange: false) { Read = ClusterRows.Id, IsOfTenants = true },
        new("configuration/coordinators/", isRange: true)
        {
            Read = ClusterRows.Coordinators,
            Write = SpecialRefusals.Of("coordinators", OneProcess),
            Clear = SpecialRefusals.Of("coordinators", "Coordinators cannot be cleared."),
        },
        new("configuration/process/class_source/", isRange: true)
        {
            Read = static (context, prefix) => ClusterRows.Processes(context, prefix, "class_source"),
            NeedsServer = true,
        },
        new("configuration/process/class_type/", isRange: true)
        {
            Read = static (context, prefix) => ClusterRows.Processes(context, prefix, "class_type"),
            NeedsServer = true,
            Write = SpecialRefusals.Of("setclass", OneProcess),
            Clear = SpecialRefusals.Of("setclass", "A class can be set, but not cleared."),
        },
        new("global_config/", isRange: true)
        {
            Write = SpecialRefusals.Of("global_config", "There is nothing here that reads a global configuration."),
            Clear = SpecialRefusals.NothingToClear,
        },
        new("metrics/data_distribution_stats/", isRange: true) { Read = HealthRows.Shards, NeedsServer = true },
        new("metrics/health/", isRange: true) { Read = HealthRows.Read, NeedsServer = true },
        new("worker_interfaces/", isRange: true)
        {
            Read = static (context, prefix) => ClusterRows.Processes(context, prefix, "address"),
            NeedsServer = true,
        },
    ];
}
