using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

/// <summary>Random calls to a directory layer and to its model, with the same results.</summary>
internal sealed class DirectoryModelRun : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "é"];
    private static readonly string[] Layers = ["", "", "", "queue", "partition"];
    private static readonly string[] ChosenPrefixes = ["m", "ma", "mb", "mab", "x\0", "x"];

    private readonly Random _random;
    private readonly DirectoryLayer _root = new(allowManualPrefixes: true);
    private ModelDirectory _model = new();

    public DirectoryModelRun(int seed)
    {
        _random = new Random(seed);
        Database = Database.OpenInMemory(new DatabaseOptions { Seed = seed });
    }

    public Database Database { get; }

    public List<string> Calls { get; } = [];

    public void Dispose() => Database.Dispose();

    /// <summary>Some calls in one transaction, committed or not. Returns what was wrong, or null.</summary>
    public async Task<string?> StepAsync()
    {
        using var transaction = Database.CreateTransaction();
        var before = _model.Copy();
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            // An error in the middle of a call may leave it half done: the transaction is given up.
            var (expected, actual) = await CallAsync(transaction);
            if (expected != actual)
                return $"expected {Describe(expected)}, was {Describe(actual)}";
            if (expected is not null)
            {
                _model = before;
                return null;
            }
        }
        if (_random.Next(6) == 0)
        {
            Calls.Add("(given up)");
            _model = before;
        }
        else
        {
            await transaction.CommitAsync();
        }
        return null;
    }

    /// <summary>Compares everything. Returns what was wrong, or null.</summary>
    public async Task<string?> CheckAsync()
    {
        using var transaction = Database.CreateTransaction();
        List<(string Prefix, bool IsPartition)> prefixes = [];
        return await CheckAsync(transaction, _model, [], "", prefixes);
    }

    private async Task<string?> CheckAsync(
        Transaction transaction,
        ModelDirectory model,
        string[] path,
        string partitionPrefix,
        List<(string Prefix, bool IsPartition)> siblings)
    {
        var names = await _root.ListAsync(transaction, path);
        if (!names.SequenceEqual(model.Children.Keys))
            return $"in /{string.Join('/', path)} are {string.Join(' ', names)} and not "
                + string.Join(' ', model.Children.Keys);
        foreach (var (name, child) in model.Children)
        {
            string[] childPath = [.. path, name];
            var directory = await _root.OpenAsync(transaction, childPath);
            var prefix = Convert.ToHexString(directory.PrefixBytes);
            child.Prefix ??= prefix;
            if (prefix != child.Prefix)
                return $"{directory} had the prefix {child.Prefix}";
            if (Encoding.UTF8.GetString(directory.Layer.Span) != child.Layer)
                return $"{directory} has not the layer {child.Layer}";
            if (prefix == partitionPrefix || !prefix.StartsWith(partitionPrefix, StringComparison.Ordinal))
                return $"{directory} does not lie in its partition {partitionPrefix}";
            if (siblings.Any(each => each.Prefix.StartsWith(prefix, StringComparison.Ordinal)
                || prefix.StartsWith(each.Prefix, StringComparison.Ordinal)))
                return $"{directory} mixes with another one";
            siblings.Add((prefix, child.IsPartition));
            var problem = child.IsPartition
                ? await CheckAsync(transaction, child, childPath, prefix, [])
                : await CheckAsync(transaction, child, childPath, partitionPrefix, siblings);
            if (problem is not null)
                return problem;
        }
        return null;
    }

    private async Task<(ErrorCode? Expected, ErrorCode? Actual)> CallAsync(Transaction transaction)
    {
        var (path, other) = (RandomPath(), RandomPath());
        var (layer, prefix) = (Pick(Layers), _random.Next(3) == 0 ? Pick(ChosenPrefixes) : null);
        var (layerBytes, prefixBytes) = (Encoding.UTF8.GetBytes(layer), Encoding.UTF8.GetBytes(prefix ?? ""));
        var call = _random.Next(9);
        Calls.Add($"{call} /{string.Join('/', path)} /{string.Join('/', other)} {layer} {prefix}");
        return call switch
        {
            0 or 1 or 2 => (
                _model.Create(path, layer, null, mayOpen: true, mayCreate: true),
                await Try(() => _root.CreateOrOpenAsync(transaction, path, layerBytes))),
            3 or 4 => (
                _model.Create(path, layer, prefix, mayOpen: false, mayCreate: true),
                await Try(() => _root.CreateAsync(transaction, path, layerBytes, prefixBytes))),
            5 => (
                _model.Create(path, layer, null, mayOpen: true, mayCreate: false),
                await Try(() => _root.OpenAsync(transaction, path, layerBytes))),
            6 => (_model.Remove(path), await Try(async () =>
            {
                await _root.RemoveAsync(transaction, path);
                return true;
            })),
            _ => (_model.Move(path, other), await Try(() => _root.MoveAsync(transaction, path, other))),
        };
    }

    private static async Task<ErrorCode?> Try<T>(Func<ValueTask<T>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (FerrisException error)
        {
            return error.Code;
        }
    }

    private static string Describe(ErrorCode? error) => error?.ToString() ?? "success";

    private string[] RandomPath() => [.. Enumerable.Range(0, _random.Next(5)).Select(_ => Pick(Names))];

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
