namespace FerrisDB.Tests.Layers;

/// <summary>A directory as an object among objects: what the directory layer must do, without a row.</summary>
internal sealed class ModelDirectory
{
    public SortedDictionary<string, ModelDirectory> Children { get; } = new(StringComparer.Ordinal);

    public string Layer { get; init; } = "";

    public string? ChosenPrefix { get; init; }

    /// <summary>Hexadecimal; found out when it is first looked at, and the same ever after.</summary>
    public string? Prefix { get; set; }

    public bool IsPartition => Layer == "partition";

    public ModelDirectory Copy()
    {
        var copy = new ModelDirectory { Layer = Layer, ChosenPrefix = ChosenPrefix, Prefix = Prefix };
        foreach (var (name, child) in Children)
            copy.Children[name] = child.Copy();
        return copy;
    }

    public ModelDirectory? Find(ReadOnlySpan<string> path)
    {
        var found = this;
        foreach (var name in path)
        {
            if (!found.Children.TryGetValue(name, out found))
                return null;
        }
        return found;
    }

    /// <summary>How many names lead to the first partition that the path goes into, or -1.</summary>
    public int PartitionOn(ReadOnlySpan<string> path)
    {
        for (var depth = 1; depth < path.Length; depth++)
        {
            if (Find(path[..depth]) is { IsPartition: true })
                return depth;
        }
        return -1;
    }

    public ErrorCode? Create(ReadOnlySpan<string> path, string layer, string? prefix, bool mayOpen, bool mayCreate)
    {
        if (path.Length == 0)
            return ErrorCode.CannotOpenRootDirectory;
        if (prefix is not null && PartitionOn(path) >= 0)
            return ErrorCode.PrefixInPartition;
        if (Find(path) is { } found)
        {
            if (!mayOpen)
                return ErrorCode.DirectoryAlreadyExists;
            return layer.Length > 0 && layer != found.Layer ? ErrorCode.MismatchedLayer : null;
        }
        if (!mayCreate)
            return ErrorCode.DirectoryDoesNotExist;
        if (prefix is not null && ChosenPrefixes().Any(each => StartsEither(each, prefix)))
            return ErrorCode.DirectoryPrefixInUse;
        var parent = this;
        foreach (var name in path[..^1])
        {
            parent.Children.TryAdd(name, new ModelDirectory());
            parent = parent.Children[name];
        }
        parent.Children.Add(path[^1], new ModelDirectory { Layer = layer, ChosenPrefix = prefix });
        return null;
    }

    public ErrorCode? Remove(ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
            return ErrorCode.CannotModifyRootDirectory;
        if (Find(path) is null)
            return ErrorCode.DirectoryDoesNotExist;
        Find(path[..^1])!.Children.Remove(path[^1]);
        return null;
    }

    public ErrorCode? Move(ReadOnlySpan<string> from, ReadOnlySpan<string> to)
    {
        if (from.Length == 0)
            return ErrorCode.CannotModifyRootDirectory;
        if (to.StartsWith(from))
            return ErrorCode.InvalidDestinationDirectory;
        var (fromPartition, toPartition) = (PartitionOn(from), PartitionOn(to));
        if (fromPartition < 0 && Find(from) is null)
            return ErrorCode.DirectoryDoesNotExist;
        if (fromPartition != toPartition
            || (fromPartition > 0 && !from[..fromPartition].SequenceEqual(to[..fromPartition])))
            return ErrorCode.CannotMoveDirectoryBetweenPartitions;
        if (fromPartition > 0)
            return Find(from[..fromPartition])!.Move(from[fromPartition..], to[toPartition..]);
        if (Find(to) is not null)
            return ErrorCode.DirectoryAlreadyExists;
        if (Find(to[..^1]) is not { } parent)
            return ErrorCode.ParentDirectoryDoesNotExist;
        Find(from[..^1])!.Children.Remove(from[^1], out var moved);
        parent.Children.Add(to[^1], moved!);
        return null;
    }

    private IEnumerable<string> ChosenPrefixes() => Children.Values.SelectMany(child =>
        (child.ChosenPrefix is { } own ? [own] : Array.Empty<string>())
            .Concat(child.IsPartition ? [] : child.ChosenPrefixes()));

    private static bool StartsEither(string left, string right) =>
        left.StartsWith(right, StringComparison.Ordinal) || right.StartsWith(left, StringComparison.Ordinal);
}
