using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations that create tenants, delete them, and choose the one that transactions belong to.</summary>
internal static class TenantOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["TENANT_CREATE"] = CreateAsync,
        ["TENANT_DELETE"] = DeleteAsync,
        ["TENANT_SET_ACTIVE"] = SetActiveAsync,
        ["TENANT_CLEAR_ACTIVE"] = ClearActive,
        ["TENANT_LIST"] = ListAsync,
        ["TENANT_GET_ID"] = GetIdAsync,
    };

    private static async Task CreateAsync(Step step)
    {
        await step.Database.CreateTenantAsync(await step.Stack.PopBytesAsync());
        step.Push(ErrorItem.NotPresent);
    }

    private static async Task DeleteAsync(Step step)
    {
        await step.Database.DeleteTenantAsync(await step.Stack.PopBytesAsync());
        step.Push(ErrorItem.NotPresent);
    }

    private static async Task SetActiveAsync(Step step)
    {
        step.Machine.Tenant = step.Database.OpenTenant(await step.Stack.PopBytesAsync());
        await step.Machine.Tenant.GetIdAsync();
        step.Push("SET_ACTIVE_TENANT");
    }

    private static Task ClearActive(Step step)
    {
        step.Machine.Tenant = null;
        return Task.CompletedTask;
    }

    private static async Task ListAsync(Step step)
    {
        var begin = await step.Stack.PopBytesAsync();
        var end = await step.Stack.PopBytesAsync();
        var limit = (int)await step.Stack.PopNumberAsync();
        var tenants = await step.Database.ListTenantsAsync(begin, end, limit);
        step.Push(TupleEncoding.Pack([.. tenants.Select(tenant => (TupleValue)tenant.Name.ToArray())]));
    }

    private static async Task GetIdAsync(Step step)
    {
        if (step.Machine.Tenant is not { } tenant)
        {
            step.Push("NO_ACTIVE_TENANT");
            return;
        }
        await tenant.GetIdAsync();
        step.Push("GOT_TENANT_ID");
    }
}
