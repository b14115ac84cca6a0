namespace FerrisDB;

// Keys from \xff\xff on are not stored: whoever reads one is told something about the transaction or the database. Each
// module answers for a part of them:
//
//     \xff\xff/transaction/read_conflict_range/K     "1" where a range that was read begins, "0" where it ends
//     \xff\xff/transaction/write_conflict_range/K    the same of what is written
//     \xff\xff/transaction/conflicting_keys/K        the same of what made the commit fail, if it was asked for
//     \xff\xff/transaction/options/NAME              the options in force; FoundationDB has no such keys
//     \xff\xff/status/json                           how the database is, as a JSON document
//     \xff\xff/connection_string                     how to get here
//     \xff\xff/cluster_file_path                     where that is written; empty if it is nowhere
//     \xff\xff/error_message                         why the last write of a special key was refused, as JSON
//     \xff\xff/management/tenant/map/NAME            a tenant as JSON; to set it creates it, to clear it deletes it
//     \xff\xff/management/tenant/rename/NAME         to set it gives a tenant another name
//     \xff\xff/tracing/NAME                          how the transaction is called in traces; may be set

/// <summary>The special keys, by module.</summary>
internal static class SpecialKeySpace
{
    private static readonly SpecialModule TenantMap = new("management/tenant/map/", isRange: true, (_, _) => [])
    {
        Write = TenantChanges.Create,
        Clear = TenantChanges.Delete,
    };

    private static readonly SpecialModule[] Modules =
    [
        new("cluster_file_path", isRange: false, (context, key) => [new(key, StatusDocument.File(context))])
        {
            IsOfTenants = true,
        },
        new("connection_string", isRange: false, (context, key) => [new(key, StatusDocument.Connection(context))])
        {
            IsOfTenants = true,
        },
        new("error_message", isRange: false, ErrorMessage) { OutlivesErrors = true },
        TenantMap,
        new("management/tenant/rename/", isRange: true, (_, _) => [])
        {
            Write = TenantChanges.Rename,
            Clear = TenantChanges.ForgetRename,
        },
        new("status/json", isRange: false, (context, key) => [new(key, StatusDocument.Write(context))])
        {
            IsOfTenants = true,
        },
        new("tracing/", isRange: true, TracingKeys.Read)
        {
            Write = TracingKeys.Write,
            Clear = TracingKeys.RefuseClear,
        },
        new("transaction/conflicting_keys/", isRange: true, ConflictingKeys)
        {
            OutlivesCommit = true,
            IsOfTenants = true,
        },
        new("transaction/options/", isRange: true, OptionRows.Read) { IsOfTenants = true },
        new("transaction/read_conflict_range/", isRange: true, ReadConflictRanges) { IsOfTenants = true },
        new("transaction/write_conflict_range/", isRange: true, WriteConflictRanges) { IsOfTenants = true },
    ];

    /// <summary>What the keys of tenants begin with.</summary>
    public static byte[] TenantsBegin => TenantMap.Begin;

    /// <summary>True if tenants are among what is looked for.</summary>
    public static bool NeedsTenants(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) => TenantMap.Overlaps(begin, end);

    /// <summary>The value of a special key, or null if there is none.</summary>
    public static byte[]? Get(TransactionContext context, ReadOnlySpan<byte> key)
    {
        lock (context.Gate)
        {
            var module = Find(key);
            if (Refusal(context, module) is { } refusal)
                throw refusal;
            if (module is null)
                return context.Settings.IsSpecialRelaxed || key.SequenceEqual(KeyLimits.SystemEnd)
                    ? null
                    : throw NoModule(key);
            foreach (var row in module.Read(context))
            {
                if (key.SequenceEqual(row.Key))
                    return row.Value;
            }
            return null;
        }
    }

    /// <summary>The rows of a range of special keys.</summary>
    /// <param name="context">The transaction.</param>
    /// <param name="request">The range.</param>
    /// <param name="tenants">The rows of tenants, if the range needs them.</param>
    public static RangePage GetPage(
        TransactionContext context, PageRequest request, IReadOnlyList<SpecialRow>? tenants = null)
    {
        lock (context.Gate)
        {
            List<SpecialRow> rows = [];
            var modules = ModulesOf(context, request.Begin.Key, request.End.Key);
            if (modules.Count == 0 && context.Refusal() is { } ended)
                throw ended;
            foreach (var module in modules)
            {
                if (Refusal(context, module) is { } refusal)
                    throw refusal;
                rows.AddRange(module == TenantMap ? tenants ?? [] : module.Read(context));
            }
            return Cut(rows, request);
        }
    }

    /// <summary>Sets a special key. Returns what is wrong with that, or null.</summary>
    public static FerrisException? Set(TransactionContext context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (context.Settings.CanWriteSpecialKeys && Find(key) is { Write: { } write } module)
            return TenantRefusal(context, module) ?? write(context, key[module.Begin.Length..], value);
        return WriteError(context, key, (byte[])[.. key, 0]);
    }

    /// <summary>Clears special keys from begin to end. Returns what is wrong with that, or null.</summary>
    public static FerrisException? Clear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (context.Settings.CanWriteSpecialKeys && Find(begin) is { Clear: { } clear } module
            && module.ContainsEnd(end))
            return TenantRefusal(context, module)
                ?? clear(context, begin[module.Begin.Length..], module.IsEnd(end) ? [] : end[module.Begin.Length..]);
        return WriteError(context, begin, end);
    }

    private static FerrisException WriteError(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (!context.Settings.CanWriteSpecialKeys)
            return new FerrisException(
                ErrorCode.SpecialKeysWriteDisabled,
                "Special keys cannot be written without TransactionOption.SpecialKeySpaceEnableWrites.");
        var touched = 0;
        foreach (var module in Modules)
        {
            if (module.Overlaps(begin, end))
                touched++;
        }
        return touched > 1
            ? new FerrisException(
                ErrorCode.SpecialKeysCrossModuleClear, "The range of special keys crosses from one module to another.")
            : new FerrisException(
                ErrorCode.SpecialKeysNoWriteModuleFound, $"The special key {KeyText.Of(begin)} cannot be written.");
    }

    // A transaction of a tenant is told about itself, and about nothing else.
    private static FerrisException? TenantRefusal(TransactionContext context, SpecialModule module) =>
        !context.Database.IsTenant || module.IsOfTenants
            ? null
            : new FerrisException(
                ErrorCode.IllegalTenantAccess,
                $"A transaction of a tenant has no business at {KeyText.Of(module.Begin)}.");

    private static FerrisException? Refusal(TransactionContext context, SpecialModule? module) =>
        StateRefusal(context, module) ?? (module is null ? null : TenantRefusal(context, module));

    private static FerrisException? StateRefusal(TransactionContext context, SpecialModule? module) => module switch
    {
        { OutlivesErrors: true } when context.Phase is not (TransactionPhase.Cancelled or TransactionPhase.Disposed) =>
            null,
        { OutlivesCommit: true } => context.RefusalAfterCommit(),
        _ => context.Refusal(),
    };

    private static SpecialModule? Find(ReadOnlySpan<byte> key)
    {
        foreach (var module in Modules)
        {
            if (module.Contains(key))
                return module;
        }
        return null;
    }

    private static List<SpecialModule> ModulesOf(TransactionContext context, byte[] begin, byte[] end)
    {
        if (context.Settings.IsSpecialRelaxed)
            return [.. Modules.Where(module => module.Overlaps(begin, end))];
        var first = Find(begin);
        if (first is not null && first.ContainsEnd(end))
            return [first];
        if (first is not null || Modules.Any(module => module.Overlaps(begin, end)))
            throw context.Refusal() ?? new FerrisException(
                ErrorCode.SpecialKeysCrossModuleRead,
                $"The range from {KeyText.Of(begin)} to {KeyText.Of(end)} crosses from one module of the special keys "
                    + "to another. Read each by itself, or see TransactionOption.SpecialKeySpaceRelaxed.");
        throw context.Refusal() ?? NoModule(begin);
    }

    private static RangePage Cut(List<SpecialRow> rows, PageRequest request)
    {
        var begin = IndexOf(rows, request.Begin);
        var end = Math.Max(begin, IndexOf(rows, request.End));
        var page = new RowBuffer();
        var count = Math.Min(end - begin, request.Limits.RowsMax);
        for (var taken = 0; taken < count; taken++)
        {
            var row = rows[request.Reverse ? end - 1 - taken : begin + taken];
            page.Add(row.Key, row.Value);
        }
        return new RangePage(page, more: count < end - begin);
    }

    private static int IndexOf(List<SpecialRow> rows, NormalSelector selector)
    {
        var first = rows.FindIndex(row => row.Key.AsSpan().SequenceCompareTo(selector.Key) >= 0);
        return (int)Math.Clamp((first < 0 ? rows.Count : first) + (selector.Offset - 1L), 0, rows.Count);
    }

    private static FerrisException NoModule(ReadOnlySpan<byte> key) =>
        new(ErrorCode.SpecialKeysNoModuleFound, $"There are no special keys at {KeyText.Of(key)}.");

    private static List<SpecialRow> ReadConflictRanges(TransactionContext context, byte[] prefix) =>
        ConflictBoundaries.Of(context.Reads, prefix);

    private static List<SpecialRow> WriteConflictRanges(TransactionContext context, byte[] prefix)
    {
        var writes = new ConflictRanges();
        context.Writes.AddConflictsTo(writes);
        return ConflictBoundaries.Of(writes, prefix);
    }

    private static List<SpecialRow> ErrorMessage(TransactionContext context, byte[] key) =>
        context.SpecialFailure is { } message ? [new SpecialRow(key, message)] : [];

    private static List<SpecialRow> ConflictingKeys(TransactionContext context, byte[] prefix)
    {
        var conflicting = new ConflictRanges();
        foreach (var range in context.Conflicting)
            conflicting.Add(range.Begin, range.End);
        return ConflictBoundaries.Of(conflicting, prefix);
    }
}
