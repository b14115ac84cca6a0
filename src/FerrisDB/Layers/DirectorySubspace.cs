namespace FerrisDB.Layers;

/// <summary>A directory that is open: the subspace of its content, and a place in the tree of directories.</summary>
/// <remarks>
/// <para>It keeps the path that it was opened by, and its prefix: when the directory is moved or removed elsewhere, it
/// knows nothing of it. Keep it as long as nobody does that, or open it in each transaction that uses it.</para>
/// <para>Of a partition it is no subspace: everything that would make a key fails with
/// <see cref="ErrorCode.CannotUsePartitionAsSubspace"/>.</para>
/// </remarks>
public sealed class DirectorySubspace : Subspace, IDirectory
{
    // The tree that knows this directory, and the one that its subdirectories are in: two only of a partition.
    private readonly DirectoryLayer _outer;
    private readonly DirectoryLayer _inner;
    private readonly string[] _path;
    private readonly byte[] _layer;

    internal DirectorySubspace(DirectoryLayer tree, string[] path, byte[] prefix, byte[] layer)
        : base(new RawPrefix(prefix))
    {
        _outer = tree;
        _path = path;
        _layer = layer;
        IsPartition = DirectoryNodes.IsPartition(layer);
        _inner = IsPartition ? DirectoryLayer.OfPartition(prefix, path) : tree;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Path => _path;

    /// <summary>What was recorded when the directory was created; empty if nothing was.</summary>
    public ReadOnlyMemory<byte> Layer => _layer;

    /// <summary>True if this is a partition, which has subdirectories but no keys.</summary>
    public bool IsPartition { get; }

    private protected override byte[] PrefixForKeys => IsPartition
        ? throw new FerrisException(
            ErrorCode.CannotUsePartitionAsSubspace,
            $"{DirectoryLayer.PathText(_path)} is a partition: it has no keys of its own, but its subdirectories do.")
        : PrefixBytes;

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateOrOpenAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        _inner.CreateOrOpenAsync(transaction, Below(_inner, path));

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateOrOpenAsync(
        Transaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer) =>
        _inner.CreateOrOpenAsync(transaction, Below(_inner, path), layer);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> OpenAsync(IReadTransaction transaction, params IReadOnlyList<string> path) =>
        _inner.OpenAsync(transaction, Below(_inner, path));

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> OpenAsync(
        IReadTransaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer) =>
        _inner.OpenAsync(transaction, Below(_inner, path), layer);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        _inner.CreateAsync(transaction, Below(_inner, path));

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateAsync(
        Transaction transaction,
        IReadOnlyList<string> path,
        ReadOnlySpan<byte> layer,
        ReadOnlySpan<byte> prefix = default) =>
        _inner.CreateAsync(transaction, Below(_inner, path), layer, prefix);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> MoveAsync(
        Transaction transaction, IReadOnlyList<string> oldPath, IReadOnlyList<string> newPath) =>
        _inner.MoveAsync(transaction, Below(_inner, oldPath), Below(_inner, newPath));

    /// <summary>Moves this directory to a path from the root: see <see cref="IDirectory.MoveAsync"/>.</summary>
    /// <inheritdoc cref="IDirectory.MoveAsync" path="/*[not(self::summary)]"/>
    public ValueTask<DirectorySubspace> MoveToAsync(Transaction transaction, params IReadOnlyList<string> newPath)
    {
        var names = DirectoryLayer.Names(newPath);
        if (!names.AsSpan().StartsWith(_path.AsSpan(0, _outer.Depth)))
            throw BetweenPartitions(DirectoryLayer.PathText(_path), DirectoryLayer.PathText(names));
        return _outer.MoveAsync(transaction, Below(_outer, []), names[_outer.Depth..]);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        TreeOf(path).RemoveAsync(transaction, Below(TreeOf(path), path));

    /// <inheritdoc/>
    public ValueTask<bool> RemoveIfExistsAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        TreeOf(path).RemoveIfExistsAsync(transaction, Below(TreeOf(path), path));

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(IReadTransaction transaction, params IReadOnlyList<string> path) =>
        TreeOf(path).ExistsAsync(transaction, Below(TreeOf(path), path));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(
        IReadTransaction transaction, params IReadOnlyList<string> path) =>
        _inner.ListAsync(transaction, Below(_inner, path));

    /// <summary>The path and the prefix.</summary>
    public override string ToString() =>
        $"{DirectoryLayer.PathText(_path)} ({(IsPartition ? "partition " : "")}{TupleText.Format(PrefixBytes)})";

    internal static FerrisException BetweenPartitions(string oldPath, string newPath) => new(
        ErrorCode.CannotMoveDirectoryBetweenPartitions,
        $"{oldPath} cannot be moved to {newPath}: that is another partition, and the content would stay in this one.");

    // What concerns this directory itself is done where it is known; what lies in it, where its subdirectories are.
    private DirectoryLayer TreeOf(IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Count == 0 ? _outer : _inner;
    }

    private string[] Below(DirectoryLayer tree, IReadOnlyList<string> path) =>
        [.. _path.AsSpan(tree.Depth), .. DirectoryLayer.Names(path)];
}
