using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>Facts about a table that are stored in it, one entry of its properties block each.</summary>
/// <remarks>Numbers are eight bytes, little-endian. Names that a reader does not know are passed over.</remarks>
internal sealed record TableProperties
{
    public required Compression Compression { get; init; }

    /// <summary>Point entries, tombstones included.</summary>
    public required long EntryCount { get; init; }

    public required long TombstoneCount { get; init; }

    /// <summary>Fragments of range tombstones.</summary>
    public required long RangeTombstoneCount { get; init; }

    public required long OldestVersion { get; init; }

    public required long NewestVersion { get; init; }

    /// <summary>Bytes of the keys, without any sharing.</summary>
    public required long RawKeyBytes { get; init; }

    public required long RawValueBytes { get; init; }

    public required long DataBlockCount { get; init; }

    /// <summary>Bytes of the data blocks as stored.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Bytes of the index as stored, all levels.</summary>
    public required long IndexBytes { get; init; }

    public required long FilterBytes { get; init; }

    /// <summary>As <see cref="TableMetadata.Span"/>.</summary>
    public required KeyRange Span { get; init; }

    /// <summary>
    /// Made by a <see cref="SortedTableWriter"/>: the versions in it are not those of its entries, which the manifest
    /// alone has.
    /// </summary>
    public bool IsSortedFile { get; init; }

    /// <summary>
    /// As <see cref="TableMetadata.BlobUses"/>: the three numbers of each, one behind the other; without any, the table
    /// does not have the property.
    /// </summary>
    public BlobUses BlobUses { get; init; } = BlobUses.None;

    /// <summary>Names and values, in the order of the names.</summary>
    public IReadOnlyList<(string Name, byte[] Value)> ToEntries() =>
    [
        .. BlobUses.Count == 0 ? [] : new[] { ("blob-uses", BlobUsesCodec.Encode(BlobUses)) },
        ("compression", Number((long)Compression)),
        ("data-blocks", Number(DataBlockCount)),
        ("data-bytes", Number(DataBytes)),
        ("entries", Number(EntryCount)),
        ("filter-bytes", Number(FilterBytes)),
        ("index-bytes", Number(IndexBytes)),
        ("newest-version", Number(NewestVersion)),
        ("oldest-version", Number(OldestVersion)),
        ("range-tombstones", Number(RangeTombstoneCount)),
        ("raw-key-bytes", Number(RawKeyBytes)),
        ("raw-value-bytes", Number(RawValueBytes)),
        .. IsSortedFile ? [("sorted-file", Number(1))] : Array.Empty<(string, byte[])>(),
        ("span-begin", Span.Begin),
        ("span-end", Span.End),
        ("tombstones", Number(TombstoneCount)),
    ];

    /// <summary>Rebuilds the properties; <paramref name="fail"/> makes the error of what is wrong.</summary>
    public static TableProperties FromEntries(
        IReadOnlyDictionary<string, byte[]> entries, Func<string, string, FerrisException> fail)
    {
        var begin = Bytes("span-begin");
        var end = Bytes("span-end");
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
            throw fail("a span of keys", "its end before its begin");
        return new TableProperties
        {
            BlobUses = entries.TryGetValue("blob-uses", out var uses)
                ? BlobUsesCodec.TryDecode(uses) ?? throw fail("the blobs that it refers to", $"{uses.Length} bytes")
                : BlobUses.None,
            Compression = (Compression)Long("compression"),
            DataBlockCount = Long("data-blocks"),
            DataBytes = Long("data-bytes"),
            EntryCount = Long("entries"),
            FilterBytes = Long("filter-bytes"),
            IndexBytes = Long("index-bytes"),
            NewestVersion = Long("newest-version"),
            OldestVersion = Long("oldest-version"),
            RangeTombstoneCount = Long("range-tombstones"),
            RawKeyBytes = Long("raw-key-bytes"),
            RawValueBytes = Long("raw-value-bytes"),
            IsSortedFile = entries.ContainsKey("sorted-file"),
            Span = new KeyRange(begin, end),
            TombstoneCount = Long("tombstones"),
        };

        byte[] Bytes(string name) =>
            entries.TryGetValue(name, out var value) ? value : throw fail($"the property {name}", "none");

        long Long(string name)
        {
            var value = Bytes(name);
            if (value.Length != sizeof(long))
                throw fail($"the number {name}", $"{value.Length} bytes");
            var number = BinaryPrimitives.ReadInt64LittleEndian(value);
            return number >= 0 ? number : throw fail($"the number {name}", $"{number}");
        }
    }

    private static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
