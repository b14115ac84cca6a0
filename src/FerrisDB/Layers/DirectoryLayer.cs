namespace FerrisDB.Layers;

/// <summary>
/// The root of a tree of directories: paths such as <c>/app/users</c> for people, short prefixes for keys. A directory
/// can be moved at no cost, listed, and removed with all its content.
/// </summary>
/// <remarks>
/// <para>What it stores is byte for byte what FoundationDB's bindings store, so that they and it can use the same
/// directories. Immutable and thread-safe; to create one costs nothing.</para>
/// <para>A <em>partition</em> is a directory (of layer <see cref="PartitionLayer"/>) whose subdirectories have all
/// their prefixes, and what is known of them, below its own: so all of it can be copied, and cleared, as one range. It
/// has no content of its own, and nothing can be moved into it or out of it.</para>
/// </remarks>
public sealed class DirectoryLayer : IDirectory
{
    private const byte NodesPrefix = 0xfe;

    private static ReadOnlySpan<byte> SystemKeys => [0xff];

    private readonly DirectoryNodes _nodes;
    private readonly byte[] _contentPrefix;
    private readonly bool _allowsManualPrefixes;
    private readonly string[] _path;

    /// <summary>
    /// Creates a root; the one without arguments is that of the whole database, by the convention of FoundationDB.
    /// </summary>
    /// <param name="nodes">Where to store what is known of directories; by default all keys that begin with fe.</param>
    /// <param name="content">Where directories get their prefixes; by default anywhere.</param>
    /// <param name="allowManualPrefixes">Whether a directory may be created with a prefix of one's own choice.</param>
    public DirectoryLayer(Subspace? nodes = null, Subspace? content = null, bool allowManualPrefixes = false)
        : this(nodes ?? Subspace.FromPrefix([NodesPrefix]), content ?? new Subspace(), [])
    {
        _allowsManualPrefixes = allowManualPrefixes;
    }

    private DirectoryLayer(Subspace nodes, Subspace content, string[] path)
    {
        _nodes = new DirectoryNodes(nodes);
        _contentPrefix = content.Pack();
        _path = path;
    }

    /// <summary>The layer that makes a directory a partition.</summary>
    public static ReadOnlyMemory<byte> PartitionLayer => DirectoryNodes.PartitionLayer;

    /// <inheritdoc/>
    public IReadOnlyList<string> Path => _path;

    internal int Depth => _path.Length;

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateOrOpenAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        CreateOrOpenAsync(transaction, path, []);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateOrOpenAsync(
        Transaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return CreateOrOpenAsync(transaction, transaction, new(Names(path), layer.ToArray(), null, true, true));
    }

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> OpenAsync(IReadTransaction transaction, params IReadOnlyList<string> path) =>
        OpenAsync(transaction, path, []);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> OpenAsync(
        IReadTransaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return CreateOrOpenAsync(transaction, null, new(Names(path), layer.ToArray(), null, false, true));
    }

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateAsync(Transaction transaction, params IReadOnlyList<string> path) =>
        CreateAsync(transaction, path, []);

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> CreateAsync(
        Transaction transaction,
        IReadOnlyList<string> path,
        ReadOnlySpan<byte> layer,
        ReadOnlySpan<byte> prefix = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (prefix.StartsWith(SystemKeys))
            throw Error(ErrorCode.KeyOutsideLegalRange, "A directory cannot have a prefix that begins with ff");
        var ownPrefix = prefix.IsEmpty ? null : prefix.ToArray();
        return CreateOrOpenAsync(transaction, transaction, new(Names(path), layer.ToArray(), ownPrefix, true, false));
    }

    /// <inheritdoc/>
    public ValueTask<DirectorySubspace> MoveAsync(
        Transaction transaction, IReadOnlyList<string> oldPath, IReadOnlyList<string> newPath)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return MoveAsync(transaction, Names(oldPath), Names(newPath));
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(Transaction transaction, params IReadOnlyList<string> path)
    {
        if (!await RemoveIfExistsAsync(transaction, path))
            throw Missing(Names(path));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveIfExistsAsync(Transaction transaction, params IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return RemoveIfExistsAsync(transaction, Names(path));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(IReadTransaction transaction, params IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return ExistsAsync(transaction, Names(path));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(
        IReadTransaction transaction, params IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return ListAsync(transaction, Names(path));
    }

    /// <summary>The root of a partition's own tree.</summary>
    internal static DirectoryLayer OfPartition(byte[] prefix, string[] path) =>
        new(Subspace.FromPrefix([.. prefix, NodesPrefix]), Subspace.FromPrefix(prefix), path);

    /// <summary>As text, for messages.</summary>
    internal static string PathText(IEnumerable<string> path) => "/" + string.Join('/', path);

    /// <summary>A copy, which nobody can change while it is used.</summary>
    internal static string[] Names(IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] names = [.. path];
        if (Array.IndexOf(names, null) is var missing and >= 0)
            throw new ArgumentException($"Name {missing} of the path is null.", nameof(path));
        return names;
    }

    private async ValueTask<DirectorySubspace> CreateOrOpenAsync(
        IReadTransaction reader, Transaction? writer, DirectoryRequest request)
    {
        await _nodes.CheckVersionAsync(reader, writer: null);
        if (request.Prefix is not null && !_allowsManualPrefixes)
            throw ManualPrefixRefused();
        if (request.Path.Length == 0)
            throw Error(ErrorCode.CannotOpenRootDirectory, "The root directory cannot be opened, it is always there");
        var found = await _nodes.FindAsync(reader, request.Path);
        if (found.GoesOnInPartition)
        {
            return await InPartition(found).CreateOrOpenAsync(reader, writer, request with { Path = found.Rest });
        }
        if (!found.Exists)
        {
            return request.MayCreate
                ? await CreateAsync(writer!, request)
                : throw Missing(request.Path);
        }
        if (!request.MayOpen)
            throw Error(ErrorCode.DirectoryAlreadyExists, $"The directory {Absolute(request.Path)} exists already");
        if (request.Layer.Length > 0 && !request.Layer.AsSpan().SequenceEqual(found.Layer))
        {
            throw Error(
                ErrorCode.MismatchedLayer,
                $"The directory {Absolute(request.Path)} has the layer {TupleText.Format(found.Layer)}, not "
                    + TupleText.Format(request.Layer));
        }
        return ContentOf(found.Prefix!, request.Path, found.Layer);
    }

    private async ValueTask<DirectorySubspace> CreateAsync(Transaction transaction, DirectoryRequest request)
    {
        await _nodes.CheckVersionAsync(transaction, transaction);
        var prefix = request.Prefix ?? await AllocatePrefixAsync(transaction);
        // Nobody else can be given the prefix that was allocated: it is enough to look, without a conflict.
        var isFree = await _nodes.IsPrefixFreeAsync(
            request.Prefix is null ? transaction.Snapshot : transaction, prefix);
        if (!isFree)
        {
            throw Error(
                ErrorCode.DirectoryPrefixInUse,
                $"The prefix {TupleText.Format(prefix)} for {Absolute(request.Path)} is not free: it is a directory's, "
                    + "begins with one's, or one's begins with it");
        }
        var parent = request.Path[..^1];
        byte[]? parentPrefix = null;
        if (parent.Length > 0)
        {
            var above = await CreateOrOpenAsync(transaction, transaction, new(parent, [], null, true, true));
            parentPrefix = above.PrefixBytes;
        }
        _nodes.Add(transaction, _nodes.NodeOf(parentPrefix), request.Path[^1], prefix, request.Layer);
        return ContentOf(prefix, request.Path, request.Layer);
    }

    private async ValueTask<byte[]> AllocatePrefixAsync(Transaction transaction)
    {
        var number = await _nodes.Allocator.AllocateAsync(transaction);
        byte[] prefix = [.. _contentPrefix, .. TupleEncoding.Pack(number)];
        var rows = await transaction.GetPageAsync(Prefixes.RangeOf(prefix), new RangeOptions { Limit = 1 });
        if (rows.Count > 0)
        {
            throw Error(
                ErrorCode.DirectoryPrefixNotEmpty,
                $"There are keys already that begin with {TupleText.Format(prefix)}, the prefix for a new directory: "
                    + "something writes there that does not use directories");
        }
        return prefix;
    }

    private async ValueTask<DirectorySubspace> MoveAsync(Transaction transaction, string[] oldPath, string[] newPath)
    {
        await _nodes.CheckVersionAsync(transaction, transaction);
        if (oldPath.Length == 0)
            throw Error(ErrorCode.CannotModifyRootDirectory, "The root directory cannot be moved");
        if (newPath.AsSpan().StartsWith(oldPath))
        {
            throw Error(
                ErrorCode.InvalidDestinationDirectory,
                $"{Absolute(oldPath)} cannot be moved to {Absolute(newPath)}, into itself");
        }
        var source = await _nodes.FindAsync(transaction, oldPath);
        var destination = await _nodes.FindAsync(transaction, newPath);
        if (!source.Exists)
            throw Missing(oldPath);
        if (source.GoesOnInPartition || destination.GoesOnInPartition)
        {
            if (!source.GoesOnInPartition || !destination.GoesOnInPartition
                || !source.Path.AsSpan().SequenceEqual(destination.Path))
                throw BetweenPartitions(oldPath, newPath);
            return await InPartition(source).MoveAsync(transaction, source.Rest, destination.Rest);
        }
        if (destination.Exists)
            throw Error(ErrorCode.DirectoryAlreadyExists, $"The directory {Absolute(newPath)} exists already");
        var parent = await _nodes.FindAsync(transaction, newPath[..^1]);
        if (!parent.Exists)
        {
            throw Error(
                ErrorCode.ParentDirectoryDoesNotExist,
                $"There is no directory {Absolute(newPath[..^1])} to move {Absolute(oldPath)} into; create it first");
        }
        DirectoryNodes.Link(transaction, parent.Node!, newPath[^1], source.Prefix!);
        await _nodes.UnlinkAsync(transaction, oldPath);
        return ContentOf(source.Prefix!, newPath, source.Layer);
    }

    private async ValueTask<bool> RemoveIfExistsAsync(Transaction transaction, string[] path)
    {
        await _nodes.CheckVersionAsync(transaction, transaction);
        if (path.Length == 0)
            throw Error(ErrorCode.CannotModifyRootDirectory, "The root directory cannot be removed");
        var found = await _nodes.FindAsync(transaction, path);
        if (!found.Exists)
            return false;
        if (found.GoesOnInPartition)
            return await InPartition(found).RemoveIfExistsAsync(transaction, found.Rest);
        await _nodes.RemoveAsync(transaction, found.Prefix!);
        await _nodes.UnlinkAsync(transaction, path);
        return true;
    }

    private async ValueTask<bool> ExistsAsync(IReadTransaction transaction, string[] path)
    {
        await _nodes.CheckVersionAsync(transaction, writer: null);
        var found = await _nodes.FindAsync(transaction, path);
        return found.GoesOnInPartition
            ? await InPartition(found).ExistsAsync(transaction, found.Rest)
            : found.Exists;
    }

    private async ValueTask<IReadOnlyList<string>> ListAsync(IReadTransaction transaction, string[] path)
    {
        await _nodes.CheckVersionAsync(transaction, writer: null);
        var found = await _nodes.FindAsync(transaction, path);
        if (!found.Exists)
            throw Missing(path);
        if (found.IsPartition)
            return await InPartition(found).ListAsync(transaction, found.Rest);
        var entries = await DirectoryNodes.ListAsync(transaction, found.Node!);
        return entries.ConvertAll(entry => entry.Name);
    }

    private DirectorySubspace ContentOf(byte[] prefix, string[] path, byte[] layer) =>
        new(this, [.. _path, .. path], prefix, layer);

    private DirectoryLayer InPartition(DirectoryNode partition) =>
        OfPartition(partition.Prefix!, [.. _path, .. partition.Path]);

    private FerrisException ManualPrefixRefused() => Depth == 0
        ? Error(
            ErrorCode.ManualPrefixesNotEnabled,
            "A prefix can be chosen only if the directory layer was created with allowManualPrefixes")
        : Error(
            ErrorCode.PrefixInPartition,
            $"A prefix cannot be chosen in the partition {PathText(_path)}, where all begin with the partition's");

    private FerrisException Missing(string[] path) =>
        Error(ErrorCode.DirectoryDoesNotExist, $"There is no directory {Absolute(path)}");

    private FerrisException BetweenPartitions(string[] oldPath, string[] newPath) =>
        DirectorySubspace.BetweenPartitions(Absolute(oldPath), Absolute(newPath));

    private string Absolute(string[] path) => PathText(_path.Concat(path));

    private static FerrisException Error(ErrorCode code, string problem) => new(code, problem + ".");
}
