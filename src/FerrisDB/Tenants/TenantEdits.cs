namespace FerrisDB;

/// <summary>Creates, deletes and renames tenants within a transaction that may touch the keys of the system.</summary>
internal static class TenantEdits
{
    /// <summary>As many as FoundationDB allows.</summary>
    public const int TenantsMax = 1_000_000;

    private const byte NotFirst = 0xff;

    /// <summary>Creates a tenant; null if it exists already.</summary>
    public static async ValueTask<TenantInfo?> CreateAsync(Transaction transaction, byte[] name)
    {
        CheckName(name);
        if (TenantKeys.ModeOf(await transaction.GetAsync(TenantKeys.Mode)) == TenantMode.Disabled)
            throw new FerrisException(
                ErrorCode.TenantsDisabled,
                "There are no tenants in this database: allow them by Database.SetTenantModeAsync, or `configure "
                    + "tenant_mode=optional` in the shell.");
        if (await transaction.GetAsync(TenantKeys.Name(name)) is not null)
            return null;
        var count = await NumberAsync(transaction, TenantKeys.Count, 0);
        if (count >= TenantsMax)
            throw new FerrisException(
                ErrorCode.ClusterNoCapacity, $"There are {TenantsMax} tenants, and can be no more.");
        var tenant = new TenantInfo(name, await NumberAsync(transaction, TenantKeys.LastId, TenantKeys.NoTenant) + 1);
        if (await HasKeysAsync(transaction, tenant))
            throw new FerrisException(
                ErrorCode.TenantPrefixAllocatorConflict,
                $"There are keys that begin with {KeyText.Of(tenant.Prefix.Span)}, which would be the tenant's.");
        transaction.Set(TenantKeys.Count, TenantKeys.Prefix(count + 1));
        transaction.Set(TenantKeys.LastId, tenant.Prefix.Span);
        Write(transaction, tenant);
        return tenant;
    }

    /// <summary>Deletes a tenant; false if there is none.</summary>
    public static async ValueTask<bool> DeleteAsync(Transaction transaction, byte[] name)
    {
        if (await FindAsync(transaction, name) is not { } tenant)
            return false;
        if (await HasKeysAsync(transaction, tenant))
            throw new FerrisException(
                ErrorCode.TenantNotEmpty, $"The tenant {KeyText.Of(name)} has keys: clear them first.");
        var count = await NumberAsync(transaction, TenantKeys.Count, 1);
        transaction.Set(TenantKeys.Count, TenantKeys.Prefix(count - 1));
        transaction.Clear(TenantKeys.Name(name));
        transaction.Clear(TenantKeys.Entry(tenant.Id));
        return true;
    }

    /// <summary>Deletes all tenants from a name to another.</summary>
    public static async ValueTask DeleteAsync(Transaction transaction, byte[] begin, byte[] end)
    {
        foreach (var tenant in await ListAsync(transaction, begin, end, TenantsMax))
            await DeleteAsync(transaction, tenant.Name.ToArray());
    }

    /// <summary>Gives a tenant another name.</summary>
    public static async ValueTask RenameAsync(Transaction transaction, byte[] name, byte[] newName)
    {
        CheckName(newName);
        var tenant = await FindAsync(transaction, name) ?? throw TenantRules.NotFound(KeyText.Of(name));
        if (await FindAsync(transaction, newName) is not null)
            throw AlreadyExists(newName);
        transaction.Clear(TenantKeys.Name(name));
        Write(transaction, tenant with { Name = newName });
    }

    /// <summary>The tenants from a name to another; no end is behind all.</summary>
    public static async ValueTask<IReadOnlyList<TenantInfo>> ListAsync(
        IReadTransaction transaction, byte[] begin, byte[] end, int limit)
    {
        var from = KeySelector.FirstGreaterOrEqual(TenantKeys.Name(begin));
        var to = KeySelector.FirstGreaterOrEqual(end.Length == 0 ? TenantKeys.NamesEnd : TenantKeys.Name(end));
        List<TenantInfo> tenants = [];
        if (limit <= 0 || from.Key.Span.SequenceCompareTo(to.Key.Span) >= 0)
            return tenants;
        await foreach (var row in transaction.GetRange(from, to, new RangeOptions { Limit = limit }))
            tenants.Add(new TenantInfo(NameOf(row.Key.Span), TenantKeys.Number(row.Value.Span, TenantKeys.NoTenant)));
        return tenants;
    }

    /// <summary>Whether there is any tenant.</summary>
    public static async ValueTask<bool> HasAnyAsync(Transaction transaction) =>
        (await ListAsync(transaction, [], [], 1)).Count > 0;

    public static FerrisException AlreadyExists(byte[] name) =>
        new(ErrorCode.TenantAlreadyExists, $"There is a tenant {KeyText.Of(name)} already.");

    private static async ValueTask<TenantInfo?> FindAsync(Transaction transaction, byte[] name) =>
        await transaction.GetAsync(TenantKeys.Name(name)) is { } number
            ? new TenantInfo(name, TenantKeys.Number(number, TenantKeys.NoTenant))
            : null;

    private static void Write(Transaction transaction, TenantInfo tenant)
    {
        transaction.Set(TenantKeys.Name(tenant.Name.Span), tenant.Prefix.Span);
        transaction.Set(TenantKeys.Entry(tenant.Id), tenant.Name.Span);
    }

    // All of it is read: whoever writes there before the commit makes it conflict.
    private static async ValueTask<bool> HasKeysAsync(Transaction transaction, TenantInfo tenant)
    {
        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(tenant.Prefix),
            KeySelector.FirstGreaterOrEqual(TenantKeys.Prefix(tenant.Id + 1)),
            new RangeOptions { Limit = 1 });
        return page.Count > 0;
    }

    private static async ValueTask<long> NumberAsync(Transaction transaction, byte[] key, long absent) =>
        TenantKeys.Number(await transaction.GetAsync(key), absent);

    private static byte[] NameOf(ReadOnlySpan<byte> key) => key[TenantKeys.Names.Length..].ToArray();

    private static void CheckName(byte[] name)
    {
        if (name is [NotFirst, ..])
            throw new FerrisException(
                ErrorCode.InvalidTenantName,
                $"A tenant cannot be called {KeyText.Of(name)}: no name begins with \\xff.");
    }
}
