using System.Text;

namespace FerrisDB.Storage;

/// <summary>
/// Reads every byte of a table, damaged or not: says all that is wrong with it, and where what can be read is.
/// </summary>
/// <remarks>
/// Damage never throws; it becomes a finding, and the scan goes on behind it. Blocks whose place the index no longer
/// tells are found without it. For one thread; the file is the caller's.
/// </remarks>
internal sealed class TableScan : IDisposable
{
    private readonly IFile _file;
    private readonly string _name;
    private readonly Action<long>? _onBytes;
    private readonly BlockAllocator _allocator = new();
    private readonly List<VerifyFinding> _findings = [];
    private readonly List<TableBlock> _blocks = [];
    private ReferenceVisitor? _onReference;
    private SSTableFooter? _footer;
    private bool _isIndexWhole = true;

    private TableScan(IFile file, Action<long>? onBytes)
    {
        _file = file;
        _name = Path.GetFileName(file.Path);
        _onBytes = onBytes;
        Source = new BlockSource(file, _allocator);
    }

    public BlockSource Source { get; }

    public IReadOnlyList<VerifyFinding> Findings => _findings;

    /// <summary>Places of data blocks, found or lost, in the order of the file.</summary>
    public IReadOnlyList<TableBlock> Blocks => _blocks;

    /// <summary>What the readable data blocks hold.</summary>
    public TableCounts Counts { get; } = new();

    /// <summary>What the table says of itself; null if that is lost.</summary>
    public TableProperties? Properties { get; private set; }

    public RangeTombstoneSet RangeTombstones { get; private set; } = RangeTombstoneSet.Empty;

    /// <summary>True if the table has range tombstones that cannot be read, or may have.</summary>
    public bool AreRangeTombstonesLost { get; private set; }

    /// <summary>True if every data block is known and can be read.</summary>
    public bool AreAllBlocksReadable => _blocks.TrueForAll(block => block.IsReadable);

    /// <summary>Scans a table.</summary>
    /// <param name="file">The table.</param>
    /// <param name="expected">What the manifest says of it, or null.</param>
    /// <param name="onBytes">Told how many more bytes were read, now and then.</param>
    /// <param name="onReference">Told of each readable reference to a blob.</param>
    public static TableScan Run(
        IFile file, TableMetadata? expected, Action<long>? onBytes = null, ReferenceVisitor? onReference = null)
    {
        var scan = new TableScan(file, onBytes) { _onReference = onReference };
        scan.Try(() => scan._footer = SSTableFooter.Read(file));
        if (scan._footer is { } footer)
            scan.ReadSections(footer);
        else
            scan._isIndexWhole = false;
        if (!scan._isIndexWhole)
            scan.FindBlocks();
        scan._blocks.Sort((left, right) => left.Handle.Offset.CompareTo(right.Handle.Offset));
        if (scan._findings.Count == 0)
            scan.Try(() => SSTableLayout.Read(file));
        scan.ReadDataBlocks();
        if (scan._findings.Count == 0)
            scan.Compare(expected);
        return scan;
    }

    public void Dispose() => _allocator.Dispose();

    private void ReadSections(SSTableFooter footer)
    {
        Try(() => ReadProperties(footer.Properties));
        AreRangeTombstonesLost = !footer.RangeTombstones.IsAbsent;
        if (AreRangeTombstonesLost)
            Try(() => ReadRangeTombstones(footer.RangeTombstones));
        if (footer.IndexRoot.IsAbsent)
            return;
        var partitions = new List<BlockHandle>();
        _isIndexWhole = Try(() => Source.ReadChain(footer.IndexRoot, BlockKind.Index, (_, _, value) =>
            partitions.Add(HandleIn(value, footer.IndexRoot.Offset))));
        foreach (var partition in partitions)
            _isIndexWhole &= Try(() => ReadPartition(partition));
    }

    private void ReadPartition(BlockHandle partition) =>
        Source.ReadBlock(partition, BlockKind.Index, (key, tag, value) =>
            _blocks.Add(new TableBlock(HandleIn(value, partition.Offset), key.ToArray(), tag)));

    private void ReadProperties(BlockHandle handle)
    {
        var entries = new Dictionary<string, byte[]>();
        Source.ReadChain(handle, BlockKind.Properties, (key, _, value) =>
            entries[Encoding.ASCII.GetString(key)] = value.ToArray());
        Properties = TableProperties.FromEntries(entries, (expected, found) =>
            FerrisException.Corrupt(_file.Path, handle.Offset, expected, found));
    }

    private void ReadRangeTombstones(BlockHandle handle)
    {
        var tombstones = new List<RangeTombstone>();
        Source.ReadChain(handle, BlockKind.RangeTombstones, (key, tag, value) =>
        {
            if (key.SequenceCompareTo(value) >= 0)
                throw FerrisException.Corrupt(_file.Path, handle.Offset, "a range of keys", "an empty range");
            tombstones.Add(new RangeTombstone(key.ToArray(), value.ToArray(), tag.Version));
        });
        RangeTombstones = RangeTombstoneSet.Build(tombstones.Concat(RangeTombstones.Flatten()));
        AreRangeTombstonesLost = false;
    }

    // From the start of the file, block by block; where none can be found, on to the next one that is known.
    private void FindBlocks()
    {
        var end = _footer is null ? _file.Length : _file.Length - SSTableFormat.FooterSize;
        var known = _blocks.ToDictionary(block => block.Handle.Offset, block => block.Handle);
        for (var offset = 0L; offset < end;)
        {
            if (known.TryGetValue(offset, out var handle))
            {
                offset = handle.End;
                continue;
            }
            if (BlockFinder.TryFind(_file, offset, end, out var kind, out handle))
            {
                Take(kind, handle);
                offset = handle.End;
                continue;
            }
            var next = known.Keys.Where(start => start > offset).DefaultIfEmpty(end).Min();
            // In front of the footer the sections stand, which were read by the places that it has.
            if (_footer is null || next < end || offset < SectionsStart(_footer.Value))
                _blocks.Add(
                    new TableBlock(new BlockHandle(offset, (int)Math.Min(int.MaxValue, next - offset)), null, default));
            offset = next;
        }
    }

    private void Take(BlockKind kind, BlockHandle handle)
    {
        if (kind == BlockKind.Data)
            _blocks.Add(new TableBlock(handle, null, default));
        else if (_footer is null && kind == BlockKind.RangeTombstones)
            Try(() => ReadRangeTombstones(handle));
        else if (_footer is null && kind == BlockKind.Properties)
            Try(() => ReadProperties(handle));
    }

    private static long SectionsStart(SSTableFooter footer) =>
        new[] { footer.Filter, footer.RangeTombstones, footer.IndexRoot, footer.Properties }
            .Where(handle => !handle.IsAbsent).Min(handle => handle.Offset);

    private void ReadDataBlocks()
    {
        FilterCheck? filter = null;
        if (_footer is { Filter.IsAbsent: false } footer)
            Try(() => filter = FilterCheck.Read(Source, footer.Filter));
        using (filter)
        {
            var reported = 0L;
            for (var index = 0; index < _blocks.Count; index++)
            {
                var block = _blocks[index];
                var check = new TableBlockCheck(_file.Path, block, Counts, filter, _onReference);
                var isWhole = Try(() => Source.ReadBlock(block.Handle, BlockKind.Data, check.Visit));
                if (isWhole)
                    isWhole = Try(check.ThrowIfWrong);
                _blocks[index] =
                    block with { IsReadable = isWhole, FirstKey = check.FirstKey, LastKey = check.LastKey };
                if (isWhole)
                    Counts.Add(check);
                _onBytes?.Invoke(block.Handle.End - reported);
                reported = block.Handle.End;
            }
            _onBytes?.Invoke(_file.Length - reported);
        }
    }

    // The same facts are told by the blocks, by the properties and by the manifest.
    private void Compare(TableMetadata? expected)
    {
        if (Properties is { } stored)
        {
            Expect("entries", stored.EntryCount, Counts.Entries);
            Expect("tombstones", stored.TombstoneCount, Counts.Tombstones);
            Expect("range tombstones", stored.RangeTombstoneCount, RangeTombstones.FragmentCount);
            Expect("data blocks", stored.DataBlockCount, _blocks.Count);
            Expect("bytes of keys", stored.RawKeyBytes, Counts.KeyBytes);
            Expect("bytes of values", stored.RawValueBytes, Counts.ValueBytes);
            Expect("as oldest version", stored.OldestVersion, Counts.OldestVersion(RangeTombstones));
            Expect("as newest version", stored.NewestVersion, Counts.NewestVersion(RangeTombstones));
            if (!stored.BlobUses.Equals(Counts.BlobUses.ToUses()))
                Report(0, "the references to blobs in the properties are not those of the entries");
            if (!stored.Span.Equals(Counts.Span(RangeTombstones)))
                Report(0, "the span of keys in the properties is not that of the entries");
        }
        if (expected is not null)
            CompareWithManifest(expected);
    }

    private void CompareWithManifest(TableMetadata expected)
    {
        Expect("bytes, as in the manifest", expected.SizeBytes, _file.Length);
        Expect("entries, as in the manifest", expected.EntryCount, Counts.Entries);
        Expect("tombstones, as in the manifest", expected.TombstoneCount, Counts.Tombstones);
        Expect("range tombstones, as in the manifest", expected.RangeTombstoneCount, RangeTombstones.FragmentCount);
        Expect("older versions, as in the manifest", expected.OlderVersionCount, Counts.OlderVersions);
        if (!expected.BlobUses.Equals(Counts.BlobUses.ToUses()))
            Report(0, "the references to blobs in the manifest are not those of the entries");
        if (!expected.Span.Equals(Counts.Span(RangeTombstones)))
            Report(0, "the span of keys in the manifest is not that of the entries");
        // The versions of an ingested table are the manifest's, whatever is stored.
        if (expected.GlobalVersion != 0)
            return;
        Expect("as oldest version, as in the manifest", expected.OldestVersion, Counts.OldestVersion(RangeTombstones));
        Expect("as newest version, as in the manifest", expected.NewestVersion, Counts.NewestVersion(RangeTombstones));
    }

    private void Expect(string what, long expected, long found)
    {
        if (expected != found)
            Report(0, $"expected {expected} {what}, found {found}");
    }

    private void Report(long offset, string problem) => _findings.Add(new VerifyFinding(_name, offset, problem));

    private BlockHandle HandleIn(ReadOnlySpan<byte> value, long offset) =>
        TableIndex.ReadHandle(value, _file.Path, offset, _file.Length, out _);

    private bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, _name));
            return false;
        }
    }
}
