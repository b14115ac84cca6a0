using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Tenants;

/// <summary>A database in memory with a tenant <c>t</c>, for tables of calls.</summary>
internal sealed class TenantScene : IDisposable
{
    private readonly ContractScene _scene = new();

    private TenantScene()
    {
    }

    public Database Database => _scene.Database;

    public Tenant Tenant { get; private set; } = null!;

    public CancellationToken Cancellation => _scene.Cancellation;

    public static async Task<TenantScene> OpenAsync()
    {
        var scene = new TenantScene();
        await scene.Database.SetTenantModeAsync(TenantMode.Optional);
        await scene.Database.CreateTenantAsync("t"u8);
        scene.Tenant = scene.Database.OpenTenant("t"u8);
        return scene;
    }

    /// <summary>Waits for a watch, but not for ever.</summary>
    public Task ComesAsync(Task task) => _scene.ComesAsync(task);

    /// <summary>Runs something in a transaction that may write special keys.</summary>
    public async Task<int?> RunSpecialAsync(Func<Transaction, ValueTask> body)
    {
        using var transaction = Database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        await body(transaction);
        return await ContractScene.CodeAsync(transaction.CommitAsync());
    }

    public async Task<string> NamesAsync(string begin = "", string end = "", int limit = int.MaxValue) => string.Join(
        ' ',
        (await Database.ListTenantsAsync(ContractScene.Bytes(begin), ContractScene.Bytes(end), limit, Cancellation))
            .Select(tenant => $"{ContractScene.Text(tenant.Name.ToArray())}:{tenant.Id}"));

    public void Dispose() => _scene.Dispose();
}
