namespace FerrisDB;

/// <summary>What a database is told about its tenants, each in a transaction of its own.</summary>
internal readonly struct TenantAdmin(Database database)
{
    public ValueTask<TenantInfo> CreateAsync(byte[] name, CancellationToken cancellationToken) => RunAsync(
        async transaction => await TenantEdits.CreateAsync(transaction, name) ?? throw TenantEdits.AlreadyExists(name),
        cancellationToken);

    public async ValueTask DeleteAsync(byte[] name, CancellationToken cancellationToken) => await RunAsync(
        async transaction => await TenantEdits.DeleteAsync(transaction, name)
            ? true
            : throw TenantRules.NotFound(KeyText.Of(name)),
        cancellationToken);

    public async ValueTask RenameAsync(byte[] name, byte[] newName, CancellationToken cancellationToken) =>
        await RunAsync(
            async transaction =>
            {
                await TenantEdits.RenameAsync(transaction, name, newName);
                return true;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<TenantInfo>> ListAsync(
        byte[] begin, byte[] end, int limit, CancellationToken cancellationToken) => RunAsync(
            transaction => TenantEdits.ListAsync(transaction.Snapshot, begin, end, limit), cancellationToken);

    public ValueTask<TenantMode> GetModeAsync(CancellationToken cancellationToken) => RunAsync(
        async transaction => TenantKeys.ModeOf(await transaction.GetAsync(TenantKeys.Mode)), cancellationToken);

    public async ValueTask SetModeAsync(TenantMode mode, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(mode))
            throw new ArgumentOutOfRangeException(nameof(mode), mode, null);
        await RunAsync(
            async transaction =>
            {
                if (mode == TenantMode.Disabled && await TenantEdits.HasAnyAsync(transaction))
                    throw new FerrisException(
                        ErrorCode.InvalidTenantConfiguration, "There are tenants: delete them first.");
                transaction.Set(TenantKeys.Mode, [(byte)('0' + (int)mode)]);
                return true;
            },
            cancellationToken);
    }

    private ValueTask<T> RunAsync<T>(Func<Transaction, ValueTask<T>> body, CancellationToken cancellationToken) =>
        database.RunAsync(
            transaction =>
            {
                transaction.SetOption(TransactionOption.AccessSystemKeys);
                // Whoever has locked the database wants to make it ready for others, perhaps.
                transaction.SetOption(TransactionOption.LockAware);
                return body(transaction);
            },
            cancellationToken);
}
