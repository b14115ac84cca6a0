namespace FerrisDB.Storage;

/// <summary>What can be read of one table of a folder that is to be repaired, and what of it is lost.</summary>
internal sealed class RepairTable
{
    private readonly List<VerifyFinding> _findings = [];
    private readonly List<RepairLoss> _losses = [];

    private RepairTable(long fileNumber, PlacedTable? expected)
    {
        FileNumber = fileNumber;
        Expected = expected;
        GlobalVersion = expected?.Metadata.GlobalVersion ?? 0;
    }

    public long FileNumber { get; }

    public string Name => FileNames.Table(FileNumber);

    /// <summary>What a manifest says of it, or null.</summary>
    public PlacedTable? Expected { get; }

    public IReadOnlyList<VerifyFinding> Findings => _findings;

    public IReadOnlyList<RepairLoss> Losses => _losses;

    /// <summary>True if the table can stay as it is.</summary>
    public bool IsWhole => _findings.Count == 0 && !RefersToDamage;

    /// <summary>True if it refers to blobs that are damaged.</summary>
    public bool RefersToDamage { get; private set; }

    /// <summary>Its entries whose values lie in blobs and cannot be read any more.</summary>
    public long LostValueCount { get; private set; }

    /// <summary>True if there is no file.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>
    /// What the readable content amounts to, as the versions are stored; null if nothing can be read.
    /// </summary>
    public TableMetadata? Readable { get; private set; }

    /// <summary>The data blocks that can be read, if not all of the table can.</summary>
    public IReadOnlyList<BlockHandle> Blocks { get; private set; } = [];

    /// <summary>The range tombstones that can be read, if not all of the table can.</summary>
    public RangeTombstoneSet RangeTombstones { get; private set; } = RangeTombstoneSet.Empty;

    /// <summary>True for a <see cref="SortedTableWriter"/>'s: the versions stored in it mean nothing.</summary>
    public bool IsSortedFile { get; private set; }

    /// <summary>As <see cref="TableMetadata.GlobalVersion"/>.</summary>
    public long GlobalVersion { get; private set; }

    public static RepairTable Missing(PlacedTable expected, bool isKnownToBeThere)
    {
        var table = new RepairTable(expected.Metadata.FileNumber, expected) { IsMissing = true };
        if (isKnownToBeThere)
            table._findings.Add(
                new VerifyFinding(table.Name, 0, "expected a table that the manifest names, found no file"));
        var kind = isKnownToBeThere ? RepairLossKind.Entries : RepairLossKind.MissingTable;
        table.LoseAll(kind, expected.Metadata);
        return table;
    }

    public static RepairTable Scan(
        IFileSystem files, string folder, long fileNumber, PlacedTable? expected, RepairBlobs blobs,
        Action<long>? onBytes)
    {
        var table = new RepairTable(fileNumber, expected);
        try
        {
            using var file = files.Open(Path.Combine(folder, table.Name), FileAccess.Read);
            ThrowIfTooNew(file);
            var values = new RepairValues(blobs);
            using var scan = TableScan.Run(file, expected?.Metadata, onBytes, values.Visit);
            table._findings.AddRange(scan.Findings);
            (table.RefersToDamage, table.LostValueCount) = (values.RefersToDamage, values.LostCount);
            table.Take(scan, file.Length);
            if (table.Readable is not null)
                table._losses.AddRange(values.Losses);
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            table._findings.Add(VerifyFinding.From(error, table.Name));
            table.LoseAll(RepairLossKind.Entries, expected?.Metadata);
        }
        return table;
    }

    /// <summary>Decides on the version of an ingested table that no manifest tells any more.</summary>
    public void GuessVersion(long version, bool doesOrderMatter)
    {
        GlobalVersion = version;
        if (!doesOrderMatter || Readable is null)
            return;
        _losses.Add(new RepairLoss
        {
            Kind = RepairLossKind.Order,
            File = Name,
            Begin = Readable.Span.Begin,
            End = Readable.Span.End,
            OldestVersion = version,
            NewestVersion = version,
        });
    }

    /// <summary>What a manifest is to say of the table if it is taken as it is.</summary>
    public TableMetadata ToMetadata()
    {
        Invariant.That(IsWhole && Readable is not null);
        return GlobalVersion == 0
            ? Readable
            : Readable with
            {
                OldestVersion = GlobalVersion,
                NewestVersion = GlobalVersion,
                GlobalVersion = GlobalVersion,
            };
    }

    /// <summary>Now that all tables are known: which losses let older data show.</summary>
    public void LookForOlderData(IEnumerable<RepairTable> others)
    {
        var older = others.Where(other => other != this && other.Readable is not null).ToList();
        for (var index = 0; index < _losses.Count; index++)
        {
            var loss = _losses[index];
            var shows = older.Exists(other =>
                other.OldestVersion < loss.NewestVersion && Overlaps(loss, other.Readable!.Span));
            // Where a value is lost, an older version may stand behind it in the same table.
            _losses[index] = loss with { OlderDataShows = shows || Readable is { OlderVersionCount: > 0 } };
        }
    }

    private long OldestVersion => GlobalVersion == 0 ? Readable!.OldestVersion : GlobalVersion;

    private static bool Overlaps(RepairLoss loss, KeyRange span) =>
        loss.Begin.AsSpan().SequenceCompareTo(span.End) < 0
        && (loss.End is null || span.Begin.AsSpan().SequenceCompareTo(loss.End) < 0);

    // A table of a newer format is no damaged one.
    private static void ThrowIfTooNew(IFile file)
    {
        try
        {
            SSTableFooter.Read(file);
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            // The scan will find it again, with all else that is wrong.
        }
    }

    private void Take(TableScan scan, long fileSize)
    {
        var counts = scan.Counts;
        IsSortedFile = scan.Properties?.IsSortedFile == true;
        if (counts.Entries > 0 || !scan.RangeTombstones.IsEmpty)
        {
            Readable = new TableMetadata(
                FileNumber, fileSize, counts.Span(scan.RangeTombstones), counts.OldestVersion(scan.RangeTombstones),
                counts.NewestVersion(scan.RangeTombstones), counts.Entries, counts.Tombstones,
                scan.RangeTombstones.FragmentCount, OlderVersionCount: counts.OlderVersions)
            {
                BlobUses = counts.BlobUses.ToUses(),
            };
        }
        if (IsWhole)
            return;
        if (IsForeign())
        {
            Readable = null;
            LoseAll(RepairLossKind.Entries, Expected?.Metadata);
            return;
        }
        Blocks = [.. scan.Blocks.Where(block => block.IsReadable).Select(block => block.Handle)];
        RangeTombstones = scan.RangeTombstones;
        FindLostEntries(scan);
        FindLostRangeTombstones(scan);
    }

    // Another table's content under this name would overlap its neighbours, or be older than what lies below.
    private bool IsForeign()
    {
        if (Expected?.Metadata is not { } expected || Readable is not { } found)
            return false;
        var isWithin = found.Span.Begin.AsSpan().SequenceCompareTo(expected.Span.Begin) >= 0
            && found.Span.End.AsSpan().SequenceCompareTo(expected.Span.End) <= 0;
        var isOfItsTime = expected.GlobalVersion != 0
            || (found.OldestVersion >= expected.OldestVersion && found.NewestVersion <= expected.NewestVersion);
        return !isWithin || !isOfItsTime;
    }

    private void FindLostEntries(TableScan scan)
    {
        var expected = Expected?.Metadata.EntryCount ?? scan.Properties?.EntryCount;
        if (expected is { } count ? scan.Counts.Entries == count : scan.AreAllBlocksReadable)
            return;
        var first = _losses.Count;
        var blocks = scan.Blocks;
        for (var index = 0; index < blocks.Count; index++)
        {
            if (blocks[index].IsReadable)
                continue;
            var behind = index;
            while (behind + 1 < blocks.Count && !blocks[behind + 1].IsReadable)
                behind++;
            AddLoss(RepairLossKind.Entries, scan.Properties, LostFrom(blocks, index), LostTo(blocks, behind));
            index = behind;
        }
        if (_losses.Count == first)
            AddLoss(RepairLossKind.Entries, scan.Properties, null, null);
        if (_losses.Count == first + 1 && expected is not null)
            _losses[first] = _losses[first] with { Count = expected - scan.Counts.Entries };
    }

    private void FindLostRangeTombstones(TableScan scan)
    {
        var expected = Expected?.Metadata.RangeTombstoneCount ?? scan.Properties?.RangeTombstoneCount;
        if (expected is { } count
            ? scan.RangeTombstones.FragmentCount == count
            : !scan.AreRangeTombstonesLost && scan.AreAllBlocksReadable)
            return;
        AddLoss(RepairLossKind.RangeDeletes, scan.Properties, null, null);
    }

    // Older versions of the last key before may have been in the lost block too.
    private static byte[]? LostFrom(IReadOnlyList<TableBlock> blocks, int index)
    {
        if (blocks[index].FenceKey is { } fence)
            return fence;
        while (--index >= 0)
        {
            if ((blocks[index].LastKey ?? blocks[index].FenceKey) is { } key)
                return key;
        }
        return null;
    }

    private static byte[]? LostTo(IReadOnlyList<TableBlock> blocks, int index)
    {
        while (++index < blocks.Count)
        {
            if ((blocks[index].FenceKey ?? blocks[index].FirstKey) is { } key)
                return [.. key, 0];
        }
        return null;
    }

    private void LoseAll(RepairLossKind kind, TableMetadata? metadata)
    {
        AddLoss(kind, null, null, null);
        if (metadata is not null)
            _losses[^1] = _losses[^1] with { Count = metadata.EntryCount };
        if (kind == RepairLossKind.Entries && metadata is null or { RangeTombstoneCount: > 0 })
            AddLoss(RepairLossKind.RangeDeletes, null, null, null);
    }

    private void AddLoss(RepairLossKind kind, TableProperties? properties, byte[]? begin, byte[]? end)
    {
        var metadata = Expected?.Metadata;
        var span = metadata?.Span ?? properties?.Span;
        var isOfOneVersion = GlobalVersion != 0;
        _losses.Add(new RepairLoss
        {
            Kind = kind,
            File = Name,
            Begin = begin ?? span?.Begin ?? [],
            End = end ?? span?.End,
            OldestVersion = isOfOneVersion ? GlobalVersion : metadata?.OldestVersion ?? properties?.OldestVersion ?? 0,
            NewestVersion = isOfOneVersion
                ? GlobalVersion
                : metadata?.NewestVersion ?? properties?.NewestVersion ?? long.MaxValue,
        });
    }
}
