using System.Buffers.Binary;
using System.Text;

namespace FerrisDB.Layers;

// What the directory layer stores, below its node subspace (fe; of a partition, the partition's prefix and fe). A
// directory is known by the prefix of its content; the root's own is that of the node subspace:
//
//     (prefix, "layer")             the layer of the directory, or nothing
//     (prefix, 0, name)             the prefix of the directory that has this name in it
//     (root, "version")             1, 0, 0, as 4 little-endian bytes each
//     (root, "hca", ...)            the allocator of prefixes
//
// Prefixes and "layer", "version", "hca" are byte strings, names are strings. The path of a directory is stored nowhere
// but in its parents: so moving it is changing one row. It is FoundationDB's format, byte for byte.

/// <summary>The rows of a directory layer: finding, adding and removing directories among them.</summary>
internal sealed class DirectoryNodes
{
    private const int SubdirectoriesCode = 0;
    private const uint VersionMajor = 1;
    private const uint VersionMinor = 0;
    private const uint VersionPatch = 0;
    private const int VersionSize = 3 * sizeof(uint);

    private static readonly byte[] Partition = "partition"u8.ToArray();
    private static readonly byte[] LayerName = "layer"u8.ToArray();
    private static readonly byte[] VersionName = "version"u8.ToArray();
    private static readonly byte[] AllocatorName = "hca"u8.ToArray();

    private readonly Subspace _nodes;
    private readonly Subspace _root;
    private readonly byte[] _versionKey;

    public DirectoryNodes(Subspace nodes)
    {
        _nodes = nodes;
        _root = nodes[nodes.Prefix];
        _versionKey = _root.Pack(VersionName);
        Allocator = new HighContentionAllocator(_root[AllocatorName]);
    }

    public HighContentionAllocator Allocator { get; }

    public static ReadOnlyMemory<byte> PartitionLayer => Partition;

    public static bool IsPartition(ReadOnlySpan<byte> layer) => layer.SequenceEqual(Partition);

    /// <summary>Walks down a path, to its end or into a partition.</summary>
    public async ValueTask<DirectoryNode> FindAsync(IReadTransaction transaction, string[] path)
    {
        var found = new DirectoryNode(null, _root, [], [], path);
        for (var depth = 1; depth <= path.Length; depth++)
        {
            var prefix = await transaction.GetAsync(found.Node!.Pack(SubdirectoriesCode, path[depth - 1]));
            var node = prefix is null ? null : _nodes[prefix];
            var layer = node is null ? null : await transaction.GetAsync(node.Pack(LayerName));
            found = new DirectoryNode(prefix, node, layer ?? [], path[..depth], path[depth..]);
            if (!found.Exists || found.IsPartition)
                break;
        }
        return found;
    }

    /// <summary>The names and prefixes of the directories in a directory, by name.</summary>
    public static async ValueTask<List<(string Name, byte[] Prefix)>> ListAsync(
        IReadTransaction transaction, Subspace node)
    {
        var subdirectories = node[SubdirectoriesCode];
        List<(string, byte[])> found = [];
        await foreach (var row in transaction.GetRange(subdirectories.Range()))
        {
            if (!TupleEncoding.TryUnpack<string>(row.Key.Span[subdirectories.Prefix.Length..], out var name))
                throw Malformed($"an entry of a directory that is no name: {TupleText.Format(row.Key)}");
            found.Add((name, row.Value.ToArray()));
        }
        return found;
    }

    /// <summary>Makes a directory known.</summary>
    public void Add(Transaction transaction, Subspace parent, string name, byte[] prefix, byte[] layer)
    {
        Link(transaction, parent, name, prefix);
        transaction.Set(_nodes[prefix].Pack(LayerName), layer);
    }

    /// <summary>Gives a directory a name in another one.</summary>
    public static void Link(Transaction transaction, Subspace parent, string name, byte[] prefix) =>
        transaction.Set(parent.Pack(SubdirectoriesCode, name), prefix);

    /// <summary>Takes a name out of a directory.</summary>
    public async ValueTask UnlinkAsync(Transaction transaction, string[] path)
    {
        var parent = await FindAsync(transaction, path[..^1]);
        transaction.Clear(parent.Node!.Pack(SubdirectoriesCode, path[^1]));
    }

    /// <summary>Removes a directory with its content and all below it, apart from its name.</summary>
    public async ValueTask RemoveAsync(Transaction transaction, byte[] prefix)
    {
        var node = _nodes[prefix];
        foreach (var (_, each) in await ListAsync(transaction, node))
            await RemoveAsync(transaction, each);
        transaction.ClearRange(Prefixes.RangeOf(prefix));
        transaction.ClearRange(node.Range());
    }

    /// <summary>The node of a directory that has this prefix.</summary>
    public Subspace NodeOf(byte[]? prefix) => prefix is null ? _root : _nodes[prefix];

    /// <summary>
    /// False if the prefix begins with that of a directory or a directory's begins with it: their contents would mix.
    /// </summary>
    public async ValueTask<bool> IsPrefixFreeAsync(IReadTransaction transaction, byte[] prefix)
    {
        if (prefix.Length == 0 || prefix.AsSpan().StartsWith(_nodes.Prefix.Span))
            return false;
        // The last directory that is not behind the prefix is the only one that it could begin with.
        var before = await transaction.GetPageAsync(
            new KeyRange(_nodes.Range().Begin, [.. _nodes.Pack(prefix), 0]),
            new RangeOptions { Limit = 1, Reverse = true });
        if (before.Count > 0 && prefix.AsSpan().StartsWith(PrefixIn(before[0].Key.Span)))
            return false;
        var below = await transaction.GetPageAsync(
            new KeyRange(_nodes.Pack(prefix), _nodes.Pack(Prefixes.After(prefix))), new RangeOptions { Limit = 1 });
        return below.Count == 0;
    }

    /// <summary>Refuses what a newer directory layer has written, as far as it must.</summary>
    public async ValueTask CheckVersionAsync(IReadTransaction transaction, Transaction? writer)
    {
        var stored = await transaction.GetAsync(_versionKey);
        if (stored is null)
        {
            writer?.Set(_versionKey, CurrentVersion());
            return;
        }
        if (stored.Length != VersionSize)
            throw Malformed($"a version of {stored.Length} bytes");
        var major = BinaryPrimitives.ReadUInt32LittleEndian(stored);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(sizeof(uint)));
        if (major > VersionMajor || (minor > VersionMinor && writer is not null))
        {
            throw new FerrisException(
                ErrorCode.IncompatibleDirectoryVersion,
                $"The directories were written by version {major}.{minor} of the directory layer; this is "
                    + $"{VersionMajor}.{VersionMinor}, which can{(major > VersionMajor ? "not" : " only")} read them.");
        }
    }

    private byte[] PrefixIn(ReadOnlySpan<byte> key)
    {
        var reader = _nodes.Read(key);
        return reader.TryRead<byte[]>(out var prefix) && prefix is not null
            ? prefix
            : throw Malformed($"a key that begins with no prefix: {TupleText.Format(key.ToArray())}");
    }

    private static byte[] CurrentVersion()
    {
        var version = new byte[VersionSize];
        BinaryPrimitives.WriteUInt32LittleEndian(version, VersionMajor);
        BinaryPrimitives.WriteUInt32LittleEndian(version.AsSpan(sizeof(uint)), VersionMinor);
        BinaryPrimitives.WriteUInt32LittleEndian(version.AsSpan(2 * sizeof(uint)), VersionPatch);
        return version;
    }

    private static FerrisException Malformed(string what) => new(
        ErrorCode.InvalidDirectoryLayerMetadata, $"What the directory layer stores makes no sense: {what}.");
}
