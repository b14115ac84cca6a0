namespace FerrisDB;

// Below \xff\xff/, besides what ClusterModules and ManagementModules have:
//
//     transaction/read_conflict_range/K     "1" where a range that was read begins, "0" where it ends
//     transaction/write_conflict_range/K    the same of what is written
//     transaction/conflicting_keys/K        the same of what made the commit fail, if it was asked for
//     transaction/options/NAME              the options in force; FoundationDB has no such keys
//     error_message                         why the last write of a special key was refused, as JSON
//     tracing/NAME                          how the transaction is called in traces; may be set

/// <summary>The modules of the special keys; here those about the transaction itself.</summary>
internal static class SpecialModules
{
    private static readonly SpecialModule[] OfTransaction =
    [
        new("error_message", isRange: false)
        {
            Read = static (context, key) => context.SpecialFailure is { } message ? [new(key, message)] : [],
            OutlivesErrors = true,
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

    /// <summary>All of them, sorted by key.</summary>
    public static IReadOnlyList<SpecialModule> All { get; } = Sort(
        [.. OfTransaction, .. ClusterModules.All, .. ManagementModules.All]);

    private static SpecialModule[] Sort(SpecialModule[] modules)
    {
        Array.Sort(modules, static (left, right) => left.Begin.AsSpan().SequenceCompareTo(right.Begin));
        return modules;
    }
}
