using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations of directories and subspaces. Whatever fails in one leaves the same item: which error is
/// the business of each binding.</summary>
internal static class DirectoryOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["DIRECTORY_CREATE_SUBSPACE"] = Making(CreateSubspaceAsync),
        ["DIRECTORY_CREATE_LAYER"] = Making(CreateLayerAsync),
        ["DIRECTORY_CREATE_OR_OPEN"] = Making(CreateOrOpenAsync),
        ["DIRECTORY_CREATE"] = Making(CreateAsync),
        ["DIRECTORY_OPEN"] = Making(OpenAsync),
        ["DIRECTORY_MOVE"] = Making(MoveAsync),
        ["DIRECTORY_MOVE_TO"] = Making(MoveToAsync),
        ["DIRECTORY_OPEN_SUBSPACE"] = Making(OpenSubspaceAsync),
        ["DIRECTORY_CHANGE"] = Doing(async step => step.Machine.Directories.Current = await Index(step)),
        ["DIRECTORY_SET_ERROR_INDEX"] = Doing(async step => step.Machine.Directories.ErrorIndex = await Index(step)),
        ["DIRECTORY_REMOVE"] = Doing(RemoveAsync),
        ["DIRECTORY_REMOVE_IF_EXISTS"] = Doing(RemoveIfExistsAsync),
        ["DIRECTORY_LIST"] = Doing(ListAsync),
        ["DIRECTORY_EXISTS"] = Doing(ExistsAsync),
        ["DIRECTORY_PACK_KEY"] = Doing(PackKeyAsync),
        ["DIRECTORY_UNPACK_KEY"] = Doing(UnpackKeyAsync),
        ["DIRECTORY_RANGE"] = Doing(RangeAsync),
        ["DIRECTORY_CONTAINS"] = Doing(ContainsAsync),
        ["DIRECTORY_LOG_SUBSPACE"] = Doing(LogSubspaceAsync),
        ["DIRECTORY_LOG_DIRECTORY"] = Doing(LogDirectoryAsync),
        ["DIRECTORY_STRIP_PREFIX"] = Doing(StripPrefixAsync),
    };

    // An operation that makes something appends it to the list of directories: null if it failed.
    private static Func<Step, Task> Making(Func<Step, Task<object?>> operation) => async step =>
    {
        object? made = null;
        await CatchAsync(step, async () => made = await operation(step));
        step.Machine.Directories.Add(made);
    };

    private static Func<Step, Task> Doing(Func<Step, Task> operation) =>
        step => CatchAsync(step, () => operation(step));

    private static async Task CatchAsync(Step step, Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (FerrisException)
        {
            step.Push("DIRECTORY_ERROR");
        }
    }

    private static Task<int> Index(Step step) => step.Stack.PopNumberAsync();

    private static async Task<string[]> PopPathAsync(Step step) =>
        [.. (await step.Stack.PopTupleAsync()).Select(name => name.As<string>())];

    private static async Task<string[]> PopOptionalPathAsync(Step step) =>
        await step.Stack.PopNumberAsync() == 0 ? [] : await PopPathAsync(step);

    private static async Task<byte[]> PopLayerAsync(Step step) => (await step.Stack.PopAsync()).As<byte[]?>() ?? [];

    private static async Task<object?> CreateSubspaceAsync(Step step)
    {
        var path = await step.Stack.PopTupleAsync();
        return Subspace.FromPrefix(await step.Stack.PopBytesAsync()).Sub(path);
    }

    private static async Task<object?> CreateLayerAsync(Step step)
    {
        var nodes = step.Machine.Directories[await Index(step)];
        var content = step.Machine.Directories[await Index(step)];
        var allowManualPrefixes = await step.Stack.PopFlagAsync();
        return nodes is null || content is null
            ? null
            : new DirectoryLayer((Subspace)nodes, (Subspace)content, allowManualPrefixes);
    }

    private static async Task<object?> CreateOrOpenAsync(Step step)
    {
        var path = await PopPathAsync(step);
        var layer = await PopLayerAsync(step);
        var directory = step.Machine.Directories.Directory;
        return await WriteAsync(step, transaction => directory.CreateOrOpenAsync(transaction, path, layer));
    }

    private static async Task<object?> CreateAsync(Step step)
    {
        var path = await PopPathAsync(step);
        var layer = await PopLayerAsync(step);
        var prefix = (await step.Stack.PopAsync()).As<byte[]?>();
        var directory = step.Machine.Directories.Directory;
        // To the API an empty prefix is none, to the specification one that is never free.
        if (prefix is { Length: 0 })
            throw new FerrisException(ErrorCode.DirectoryPrefixInUse, "All keys begin with the empty prefix.");
        return await WriteAsync(step, transaction => directory.CreateAsync(transaction, path, layer, prefix));
    }

    private static async Task<object?> OpenAsync(Step step)
    {
        var path = await PopPathAsync(step);
        var layer = await PopLayerAsync(step);
        var directory = step.Machine.Directories.Directory;
        return await step.ReadAsync(reader => directory.OpenAsync(reader, path, layer));
    }

    private static async Task<object?> MoveAsync(Step step)
    {
        var oldPath = await PopPathAsync(step);
        var newPath = await PopPathAsync(step);
        var directory = step.Machine.Directories.Directory;
        return await WriteAsync(step, transaction => directory.MoveAsync(transaction, oldPath, newPath));
    }

    private static async Task<object?> MoveToAsync(Step step)
    {
        var newPath = await PopPathAsync(step);
        var directory = step.Machine.Directories.Directory as DirectorySubspace
            ?? throw new FerrisException(ErrorCode.CannotModifyRootDirectory, "The root cannot be moved.");
        return await WriteAsync(step, transaction => directory.MoveToAsync(transaction, newPath));
    }

    private static async Task<object?> OpenSubspaceAsync(Step step)
    {
        var path = await step.Stack.PopTupleAsync();
        return step.Machine.Directories.Subspace.Sub(path);
    }

    private static async Task RemoveAsync(Step step)
    {
        var path = await PopOptionalPathAsync(step);
        var directory = step.Machine.Directories.Directory;
        await WriteAsync(step, async transaction =>
        {
            await directory.RemoveAsync(transaction, path);
            return true;
        });
    }

    private static async Task RemoveIfExistsAsync(Step step)
    {
        var path = await PopOptionalPathAsync(step);
        var directory = step.Machine.Directories.Directory;
        await WriteAsync(step, transaction => directory.RemoveIfExistsAsync(transaction, path));
    }

    private static async Task ListAsync(Step step)
    {
        var path = await PopOptionalPathAsync(step);
        var directory = step.Machine.Directories.Directory;
        step.Push(PackNames(await step.ReadAsync(reader => directory.ListAsync(reader, path))));
    }

    private static async Task ExistsAsync(Step step)
    {
        var path = await PopOptionalPathAsync(step);
        var directory = step.Machine.Directories.Directory;
        step.Push(await step.ReadAsync(reader => directory.ExistsAsync(reader, path)) ? 1 : 0);
    }

    // What an operation needs is taken off the stack before it can fail.
    private static async Task PackKeyAsync(Step step)
    {
        var tuple = await step.Stack.PopTupleAsync();
        step.Push(step.Machine.Directories.Subspace.Pack(tuple));
    }

    private static async Task UnpackKeyAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        foreach (var element in step.Machine.Directories.Subspace.Unpack(key))
            step.Push(element);
    }

    private static async Task RangeAsync(Step step)
    {
        var tuple = await step.Stack.PopTupleAsync();
        var range = step.Machine.Directories.Subspace.Range(tuple);
        step.Push(range.Begin);
        step.Push(range.End);
    }

    private static async Task ContainsAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        step.Push(step.Machine.Directories.Subspace.Contains(key) ? 1 : 0);
    }

    private static async Task LogSubspaceAsync(Step step)
    {
        var log = Subspace.FromPrefix(await step.Stack.PopBytesAsync());
        var prefix = step.Machine.Directories.Subspace.Prefix;
        step.Transaction.Set(log.Pack(step.Machine.Directories.Current), prefix.Span);
    }

    private static async Task LogDirectoryAsync(Step step)
    {
        var prefix = Subspace.FromPrefix(await step.Stack.PopBytesAsync());
        var directory = step.Machine.Directories.Directory;
        var exists = await directory.ExistsAsync(step.Transaction);
        var children = exists ? await directory.ListAsync(step.Transaction) : [];
        var layer = directory is DirectorySubspace subspace ? subspace.Layer : ReadOnlyMemory<byte>.Empty;

        var log = prefix[step.Machine.Directories.Current];
        step.Transaction.Set(log.Pack("path"), PackNames(directory.Path));
        step.Transaction.Set(log.Pack("layer"), TupleEncoding.Pack(layer));
        step.Transaction.Set(log.Pack("exists"), TupleEncoding.Pack(exists ? 1 : 0));
        step.Transaction.Set(log.Pack("children"), PackNames(children));
    }

    private static async Task StripPrefixAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        var prefix = step.Machine.Directories.Subspace.Prefix.Span;
        step.Push(key.AsSpan().StartsWith(prefix)
            ? key[prefix.Length..]
            : throw new FerrisException(ErrorCode.KeyNotInSubspace, "The bytes do not begin with the prefix."));
    }

    private static byte[] PackNames(IEnumerable<string> names) =>
        TupleEncoding.Pack([.. names.Select(name => (TupleValue)name)]);

    private static ValueTask<T> WriteAsync<T>(Step step, Func<Transaction, ValueTask<T>> write) =>
        step.Scope == StepScope.Database ? step.Database.RunAsync(write) : write(step.Transaction);
}
