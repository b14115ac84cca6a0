namespace FerrisDB.BindingTester;

/// <summary>The operations of several machines at once, and the tests that no instruction can express.</summary>
internal static class ThreadOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["START_THREAD"] = async step => step.Machine.Start(await step.Stack.PopAsync()),
        ["WAIT_EMPTY"] = WaitEmptyAsync,
        ["UNIT_TESTS"] = step => UnitTests.RunAsync(step.Database),
    };

    // A range that is not empty counts as a conflict: so it is looked at again, after a wait that grows.
    private static async Task WaitEmptyAsync(Step step)
    {
        var range = KeyPrefix.Range(await step.Stack.PopBytesAsync());
        await step.Database.RunAsync(async transaction =>
        {
            var page = await transaction.GetPageAsync(range, new RangeOptions { Limit = 1 });
            if (page.Count > 0)
                throw new FerrisException(ErrorCode.NotCommitted, "There are keys still.");
        });
        step.Push("WAITED_FOR_EMPTY");
    }
}
