namespace FerrisDB;

// Below \xff\xff/:
//
//     transaction/read_conflict_range/K     "1" where a range that was read begins, "0" where it ends
//     transaction/write_conflict_range/K    the same of what is written
//     transaction/conflicting_keys/K        the same of what made the commit fail, if it was asked for
//     transaction/options/NAME              the options in force; FoundationDB has no such keys
//     status/json                           how the database is, as a JSON document
//     connection_string                     how to get here
//     cluster_file_path                     where that is written; empty if it is nowhere
//     error_message                         why the last write of a special key was refused, as JSON
//     management/db_locked                  who has locked the database; to set it locks, to clear it unlocks
//     management/tenant/map/NAME            a tenant as JSON; to set it creates it, to clear it deletes it
//     management/tenant/rename/NAME         to set it gives a tenant another name
//     tracing/NAME                          how the transaction is called in traces; may be set

/// <summary>The modules of the special keys.</summary>
internal static class SpecialModules
{
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

    /// <summary>All of them, sorted by key.</summary>
    public static IReadOnlyList<SpecialModule> All { get; } =
    [
        new("cluster_file_path", isRange: false)
        {
            Read = static (context, key) => [new(key, StatusDocument.File(context))],
            IsOfTenants = true,
        },
        new("connection_string", isRange: false)
        {
            Read = static (context, key) => [new(key, StatusDocument.Connection(context))],
            IsOfTenants = true,
        },
        new("error_message", isRange: false)
        {
            Read = static (context, key) => context.SpecialFailure is { } message ? [new(key, message)] : [],
            OutlivesErrors = true,
        },
        Lock,
        TenantMap,
        new("management/tenant/rename/", isRange: true)
        {
            Write = TenantChanges.Rename,
            Clear = TenantChanges.ForgetRename,
        },
        new("status/json", isRange: false, isAlone: true)
        {
            Read = static (context, key) => [new(key, StatusDocument.Write(context))],
            NeedsServer = true,
            IsOfTenants = true,
        },
        new("tracing/", isRange: true)
        {
            Read = TracingKeys.Read,
            Write = TracingKeys.Write,
            Clear = TracingKeys.RefuseClear,
        },
        new("transaction/conflicting_keys/", isRange: true)
        {
            Read = ConflictBoundaries.OfConflicting,
            OutlivesCommit = true,
            IsOfTenants = true,
        },
        new("transaction/options/", isRange: true) { Read = OptionRows.Read, IsOfTenants = true },
        new("transaction/read_conflict_range/", isRange: true)
        {
            Read = ConflictBoundaries.OfReads,
            IsOfTenants = true,
        },
        new("transaction/write_conflict_range/", isRange: true)
        {
            Read = ConflictBoundaries.OfWrites,
            IsOfTenants = true,
        },
    ];
}
