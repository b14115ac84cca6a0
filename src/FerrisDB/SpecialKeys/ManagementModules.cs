namespace FerrisDB;

// What a cluster can be told, below \xff\xff/management/:
//
//     db_locked                      who has locked the database; to set it locks, to clear it unlocks
//     tenant/map/NAME                a tenant as JSON; to set it creates it, to clear it deletes it
//     tenant/rename/NAME             to set it gives a tenant another name
//     auto_coordinators              the coordinators that there should be: those that there are
//     data_distribution/mode         "-1": it was never set
//     options/NAME                   those of the other keys; of the transaction alone
//     excluded/ failed/ ...          nothing: to set them fails, for there is one process

/// <summary>The special keys by which a cluster is managed.</summary>
internal static class ManagementModules
{
    private const string NoOther = "There is one process, and no other that could do its work.";
    private const string NoVersion = "Versions follow the clock, and cannot be set.";

    /// <summary>The lock of the database.</summary>
    public static SpecialModule Lock { get; } = new("management/db_locked", isRange: false)
    {
        ReadStored = LockRows.ReadAsync,
        Write = LockRows.Set,
        Clear = LockRows.Clear,
        GoesPastLock = true,
    };

    /// <summary>The tenants by name.</summary>
    public static SpecialModule TenantMap { get; } = new("management/tenant/map/", isRange: true)
    {
        ReadStored = TenantRows.ReadAsync,
        Write = TenantChanges.Create,
        Clear = TenantChanges.Delete,
    };

    /// <summary>All of them.</summary>
    public static SpecialModule[] All { get; } =
    [
        Lock,
        TenantMap,
        new("management/tenant/rename/", isRange: true)
        {
            Write = TenantChanges.Rename,
            Clear = TenantChanges.ForgetRename,
        },
        new("management/auto_coordinators", isRange: false) { Read = ClusterRows.AutoCoordinators },
        new("management/data_distribution/", isRange: true)
        {
            Read = ClusterRows.Distribution,
            Write = SpecialRefusals.Of("datadistribution", "There is one process: data is not distributed."),
            Clear = SpecialRefusals.NothingToClear,
        },
        new("management/in_progress_exclusion/", isRange: true),
        new("management/options/", isRange: true)
        {
            Read = ManagementOptions.Read,
            Write = ManagementOptions.Set,
            Clear = ManagementOptions.Clear,
        },
        Refused("management/excluded/", "exclude", NoOther),
        Refused("management/excluded_locality/", "exclude", NoOther),
        Refused("management/failed/", "exclude failed", NoOther),
        Refused("management/failed_locality/", "exclude failed", NoOther),
        Refused("management/maintenance/", "maintenance", NoOther),
        Refused(
            "management/consistency_check_suspended", "consistencycheck",
            "There are no copies of the data that are compared: `ferrisdb verify` checks the only one."),
        Refused("management/min_required_commit_version", "advanceversion", NoVersion),
        Refused("management/version_epoch", "versionepoch", NoVersion),
    ];

    // Nothing is ever there.
    private static SpecialModule Refused(string prefix, string command, string reason) =>
        new(prefix, isRange: prefix[^1] == '/')
        {
            Write = SpecialRefusals.Of(command, reason),
            Clear = SpecialRefusals.NothingToClear,
        };
}
