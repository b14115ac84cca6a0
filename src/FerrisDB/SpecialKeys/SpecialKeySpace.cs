namespace FerrisDB;

// Keys from \xff\xff on are not stored: whoever reads one is told something about the transaction or the database. Each
// module answers for a part of them, and modules with the same first name are a family, which can be read as one:
//
//     transaction | connection_string | management ............................. | metrics ...  families
//                                       db_locked   tenant/map/   tenant/rename/   health/      modules
//
// Most is at hand. Where the database has to be asked, that is done before the transaction's gate is taken.

/// <summary>Reads and writes special keys, by module.</summary>
internal static class SpecialKeySpace
{
    /// <summary>What the keys of tenants begin with.</summary>
    public static byte[] TenantsBegin => ManagementModules.TenantMap.Begin;

    /// <summary>Whom to ask before a range is read.</summary>
    public static SpecialNeeds NeedsOf(TransactionContext context, PageRequest request)
    {
        lock (context.Gate)
        {
            var needs = SpecialNeeds.None;
            foreach (var module in ModulesOf(context, request))
            {
                if (module.ReadStored is not null)
                    needs |= SpecialNeeds.Database;
                if (module.NeedsServer && context.Database.Remote is not null)
                    needs |= SpecialNeeds.Server;
                if (module.GoesPastLock)
                    GoPastLock(context);
            }
            return needs;
        }
    }

    /// <summary>Asks the database for the rows of those modules of a range that it has to be asked for.</summary>
    public static async ValueTask<List<SpecialRow>> ReadStoredAsync(
        TransactionContext context, ReadPoint at, PageRequest request)
    {
        List<SpecialModule> modules;
        lock (context.Gate)
            modules = ModulesOf(context, request, hasBegun: true);
        List<SpecialRow> rows = [];
        foreach (var module in modules)
        {
            if (module.ReadStored is { } read)
                rows.AddRange(await read(context, at, request));
        }
        return rows;
    }

    /// <summary>The rows of a range of special keys.</summary>
    /// <param name="context">The transaction.</param>
    /// <param name="request">The range.</param>
    /// <param name="stored">What the database was asked for.</param>
    /// <param name="hasBegun">The transaction may commit meanwhile: that it may be read was found before.</param>
    public static RangePage GetPage(
        TransactionContext context, PageRequest request, IReadOnlyList<SpecialRow> stored, bool hasBegun = false)
    {
        lock (context.Gate)
        {
            List<SpecialRow> rows = [];
            foreach (var module in ModulesOf(context, request, hasBegun))
                rows.AddRange(module.ReadStored is null
                    ? module.Read(context, module.Begin)
                    : stored.Where(row => module.Contains(row.Key)));
            return Cut(rows, request);
        }
    }

    /// <summary>Sets a special key. Returns what is wrong with that, or null.</summary>
    public static FerrisException? Set(TransactionContext context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (context.Settings.CanWriteSpecialKeys && Find(key) is { Write: { } write } module)
            return MayWrite(context, module) ?? write(context, key[module.Begin.Length..], value);
        return WriteError(context, key, (byte[])[.. key, 0]);
    }

    /// <summary>Clears special keys from begin to end. Returns what is wrong with that, or null.</summary>
    public static FerrisException? Clear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (context.Settings.CanWriteSpecialKeys && Find(begin) is { Clear: { } clear } module
            && module.ContainsEnd(end))
            return MayWrite(context, module)
                ?? clear(context, begin[module.Begin.Length..], module.IsEnd(end) ? [] : end[module.Begin.Length..]);
        return WriteError(context, begin, end);
    }

    private static FerrisException? MayWrite(TransactionContext context, SpecialModule module)
    {
        if (TenantRefusal(context, module) is { } refusal)
            return refusal;
        if (module.GoesPastLock)
            GoPastLock(context);
        return null;
    }

    private static FerrisException WriteError(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (!context.Settings.CanWriteSpecialKeys)
            return new FerrisException(
                ErrorCode.SpecialKeysWriteDisabled,
                "Special keys cannot be written without TransactionOption.SpecialKeySpaceEnableWrites.");
        var touched = 0;
        foreach (var module in SpecialModules.All)
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

    // FoundationDB's way: the option is set, for all that comes.
    private static void GoPastLock(TransactionContext context)
    {
        if (context.Settings is { IsLockAware: true, HasRawAccess: true })
            return;
        var settings = context.ChangeSettings();
        (settings.IsLockAware, settings.HasRawAccess) = (true, true);
    }

    // A transaction of a tenant is told about itself, and about nothing else.
    private static FerrisException? TenantRefusal(TransactionContext context, SpecialModule module) =>
        !context.Database.IsTenant || module.IsOfTenants
            ? null
            : new FerrisException(
                ErrorCode.IllegalTenantAccess,
                $"A transaction of a tenant has no business at {KeyText.Of(module.Begin)}.");

    private static FerrisException? StateRefusal(TransactionContext context, SpecialModule module) => module switch
    {
        { OutlivesErrors: true } when context.Phase is not (TransactionPhase.Cancelled or TransactionPhase.Disposed) =>
            null,
        { OutlivesCommit: true } => context.RefusalAfterCommit(),
        _ => context.Refusal(),
    };

    private static SpecialModule? Find(ReadOnlySpan<byte> key)
    {
        foreach (var module in SpecialModules.All)
        {
            if (module.Contains(key))
                return module;
        }
        return null;
    }

    // The modules that have to be looked at, each of which may be.
    private static List<SpecialModule> ModulesOf(
        TransactionContext context, PageRequest request, bool hasBegun = false)
    {
        var (begin, end) = (request.Begin.Key, request.End.Key);
        // Selectors that count keys may lead anywhere in the family.
        var isPlain = request.Begin.IsKeyItself && request.End.IsKeyItself;
        var all = context.Settings.IsSpecialRelaxed ? SpecialModules.All : FamilyOf(context, begin, end);
        List<SpecialModule> modules = [];
        foreach (var module in all)
        {
            if (isPlain && !module.Overlaps(begin, end))
                continue;
            if (((hasBegun ? null : StateRefusal(context, module)) ?? TenantRefusal(context, module)) is { } refusal)
                throw refusal;
            modules.Add(module);
        }
        if (modules.Count == 0 && !hasBegun && context.Refusal() is { } ended)
            throw ended;
        return modules;
    }

    private static IEnumerable<SpecialModule> FamilyOf(TransactionContext context, byte[] begin, byte[] end)
    {
        KeyRange? family = null;
        foreach (var module in SpecialModules.All)
        {
            if (begin.AsSpan().SequenceCompareTo(module.Family.Begin) >= 0
                && begin.AsSpan().SequenceCompareTo(module.Family.End) < 0)
                family = module.Family;
        }
        if (family is { } found && end.AsSpan().SequenceCompareTo(found.Begin) >= 0
            && end.AsSpan().SequenceCompareTo(found.End) <= 0)
            return SpecialModules.All.Where(module => module.Family == found);
        if (family is not null || SpecialModules.All.Any(module => module.Overlaps(begin, end)))
            throw context.Refusal() ?? new FerrisException(
                ErrorCode.SpecialKeysCrossModuleRead,
                $"The range from {KeyText.Of(begin)} to {KeyText.Of(end)} crosses from one module of the special keys "
                    + "to another. Read each by itself, or see TransactionOption.SpecialKeySpaceRelaxed.");
        throw context.Refusal() ?? NoModule(begin);
    }

    /// <summary>Those of some rows that a page asks for.</summary>
    public static RangePage Cut(IReadOnlyList<SpecialRow> rows, PageRequest request)
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

    private static int IndexOf(IReadOnlyList<SpecialRow> rows, NormalSelector selector)
    {
        var first = 0;
        while (first < rows.Count && rows[first].Key.AsSpan().SequenceCompareTo(selector.Key) < 0)
            first++;
        return (int)Math.Clamp(first + (selector.Offset - 1L), 0, rows.Count);
    }

    private static FerrisException NoModule(ReadOnlySpan<byte> key) =>
        new(ErrorCode.SpecialKeysNoModuleFound, $"There are no special keys at {KeyText.Of(key)}.");
}
