namespace FerrisDB.Storage;

/// <summary>What all edits of a manifest add up to: everything that must be known to open the database.</summary>
/// <remarks>
/// For one thread at a time. Whoever recovers it reads it; the <see cref="ManifestLog"/> then keeps it current.
/// </remarks>
internal sealed class ManifestState
{
    private const int MarksMax = 64; // the oldest go: a mark is for people, and nobody reads more

    private static readonly Comparer<byte[]> KeyOrder =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private readonly SortedDictionary<long, PlacedTable> _tables = [];
    private readonly SortedDictionary<long, BlobMetadata> _blobs = [];
    private readonly Dictionary<long, int> _tablesOfBlob = []; // how many refer to each
    private readonly List<string> _marks = [];

    /// <summary>N of the MANIFEST-N that this comes from; 0 for a database that does not exist yet.</summary>
    public long ManifestNumber { get; init; }

    /// <summary>How that file ended: <see cref="ManifestEnding.Torn"/> after a crash during an append.</summary>
    public ManifestEnding Ending { get; set; }

    public long NextFileNumber { get; private set; } = 1;

    /// <inheritdoc cref="ManifestEdit.DurableVersion"/>
    public long DurableVersion { get; private set; }

    /// <inheritdoc cref="ManifestEdit.LastVersion"/>
    public long LastVersion { get; private set; }

    /// <inheritdoc cref="ManifestEdit.Floor"/>
    public long Floor { get; private set; }

    /// <inheritdoc cref="ManifestEdit.NewestSegment"/>
    public BegunSegment NewestSegment { get; private set; }

    /// <inheritdoc cref="ManifestEdit.Limits"/>
    public SizeLimits Limits { get; private set; }

    /// <inheritdoc cref="ManifestEdit.CreatedBy"/>
    public string CreatedBy { get; private set; } = "";

    /// <inheritdoc cref="ManifestEdit.Marks"/>
    public IReadOnlyList<string> Marks => _marks;

    /// <summary>All tables by the number of their file.</summary>
    public IReadOnlyCollection<PlacedTable> Tables => _tables.Values;

    /// <summary>All blobs by the number of their file.</summary>
    public IReadOnlyCollection<BlobMetadata> Blobs => _blobs.Values;

    /// <summary>A database that is about to be created.</summary>
    public static ManifestState CreateNew(string createdBy, SizeLimits limits)
    {
        var state = new ManifestState();
        state.Apply(new ManifestEdit { CreatedBy = createdBy, Limits = limits });
        return state;
    }

    public bool HasTable(long fileNumber) => _tables.ContainsKey(fileNumber);

    public bool HasBlob(long fileNumber) => _blobs.ContainsKey(fileNumber);

    /// <summary>The blobs that tables refer to now and will not once some are replaced by others.</summary>
    public long[] BlobsUnusedAfter(IReadOnlyList<PlacedTable> added, IReadOnlyList<TablePlace> removed)
    {
        return [.. TablesAfter(added, removed).Where(each => each.Value == 0).Select(each => each.Key).Order()];
    }

    /// <summary>The set of all tables, with a reference that belongs to the caller.</summary>
    public TableSet ToTableSet(Func<TableMetadata, TableHandle> create)
    {
        var empty = new TableSet();
        var tables = empty.Apply(
            new ManifestEdit { AddedTables = [.. _tables.Values], AddedBlobs = [.. _blobs.Values] }, create);
        empty.Release();
        return tables;
    }

    /// <summary>The edit that leads from nothing to here.</summary>
    public ManifestEdit ToSnapshot() => new()
    {
        NextFileNumber = NextFileNumber,
        DurableVersion = DurableVersion,
        LastVersion = LastVersion,
        Floor = Floor,
        NewestSegment = NewestSegment,
        Limits = Limits,
        CreatedBy = CreatedBy,
        Marks = [.. _marks],
        AddedTables = [.. _tables.Values],
        AddedBlobs = [.. _blobs.Values],
    };

    /// <summary>Why <paramref name="edit"/> cannot follow on this state, or null if it can.</summary>
    public string? Refuse(ManifestEdit edit)
    {
        if (edit.NextFileNumber < NextFileNumber)
            return $"a next file number that falls from {NextFileNumber} to {edit.NextFileNumber}";
        if (edit.DurableVersion < DurableVersion)
            return $"a durable version that falls from {DurableVersion} to {edit.DurableVersion}";
        if (edit.LastVersion < LastVersion)
            return $"a last version that falls from {LastVersion} to {edit.LastVersion}";
        if (edit.Floor < Floor)
            return $"a floor that falls from {Floor} to {edit.Floor}";
        return RefuseTables(edit) ?? RefuseBlobs(edit);
    }

    /// <summary>Applies an edit that <see cref="Refuse"/> has nothing against.</summary>
    public void Apply(ManifestEdit edit)
    {
        Invariant.That(Refuse(edit) is null);
        NextFileNumber = edit.NextFileNumber ?? NextFileNumber;
        DurableVersion = edit.DurableVersion ?? DurableVersion;
        LastVersion = edit.LastVersion ?? LastVersion;
        Floor = edit.Floor ?? Floor;
        NewestSegment = edit.NewestSegment ?? NewestSegment;
        Limits = edit.Limits ?? Limits;
        CreatedBy = edit.CreatedBy ?? CreatedBy;
        _marks.AddRange(edit.Marks);
        _marks.RemoveRange(0, Math.Max(0, _marks.Count - MarksMax));
        foreach (var place in edit.RemovedTables)
        {
            CountTables(_tables[place.FileNumber].Metadata, -1);
            _tables.Remove(place.FileNumber);
        }
        foreach (var table in edit.AddedTables)
        {
            CountTables(table.Metadata, +1);
            _tables.Add(table.Metadata.FileNumber, table);
        }
        foreach (var number in edit.RemovedBlobs)
            _blobs.Remove(number);
        foreach (var blob in edit.AddedBlobs)
            _blobs.Add(blob.FileNumber, blob);
    }

    /// <summary>Two tables of one level below L0 that share a key, described; null if there are none.</summary>
    public string? FindOverlap()
    {
        var sorted = _tables.Values
            .Where(table => table.Level > 0)
            .OrderBy(table => table.Level)
            .ThenBy(table => table.Metadata.Span.Begin, KeyOrder)
            .ToList();
        for (var index = 1; index < sorted.Count; index++)
        {
            var (left, right) = (sorted[index - 1], sorted[index]);
            if (left.Level == right.Level && left.Metadata.Span.Overlaps(right.Metadata.Span))
                return $"tables {left.Metadata.FileNumber} and {right.Metadata.FileNumber} of L{left.Level} that "
                    + $"overlap";
        }
        return null;
    }

    private string? RefuseTables(ManifestEdit edit)
    {
        var removed = new HashSet<long>();
        foreach (var place in edit.RemovedTables)
        {
            if (!_tables.TryGetValue(place.FileNumber, out var table) || table.Level != place.Level)
                return $"the removal of table {place.FileNumber} from L{place.Level}, where it is not";
            if (!removed.Add(place.FileNumber))
                return $"the removal of table {place.FileNumber} twice";
        }

        var added = new HashSet<long>();
        foreach (var (_, metadata) in edit.AddedTables)
        {
            var number = metadata.FileNumber;
            if (!added.Add(number) || (_tables.ContainsKey(number) && !removed.Contains(number)))
                return $"the addition of table {number}, which is there already";
            if (number >= (edit.NextFileNumber ?? NextFileNumber))
                return $"table {number}, although the next file number is {edit.NextFileNumber ?? NextFileNumber}";
        }
        return null;
    }

    // The blobs are exactly those that tables refer to: no value is missing, and no file is kept for nothing.
    private string? RefuseBlobs(ManifestEdit edit)
    {
        var blobs = _blobs.Keys.ToHashSet();
        foreach (var number in edit.RemovedBlobs)
        {
            if (!blobs.Remove(number))
                return $"the removal of blob {number}, which is not there";
        }
        foreach (var blob in edit.AddedBlobs)
        {
            if (!blobs.Add(blob.FileNumber))
                return $"the addition of blob {blob.FileNumber}, which is there already";
            if (blob.FileNumber >= (edit.NextFileNumber ?? NextFileNumber))
                return $"blob {blob.FileNumber}, although the next file number is "
                    + $"{edit.NextFileNumber ?? NextFileNumber}";
        }
        var tables = TablesAfter(edit.AddedTables, edit.RemovedTables);
        foreach (var number in tables.Keys.Concat(edit.AddedBlobs.Select(blob => blob.FileNumber)))
        {
            var isUsed = tables.GetValueOrDefault(number) > 0;
            if (isUsed && !blobs.Contains(number))
                return $"tables that refer to blob {number}, which is not there";
            if (!isUsed && blobs.Contains(number))
                return $"blob {number}, to which no table refers";
        }
        return null;
    }

    // How many tables refer to each blob that tables of the change refer to, once it is done.
    private Dictionary<long, int> TablesAfter(
        IReadOnlyList<PlacedTable> added, IReadOnlyList<TablePlace> removed)
    {
        var counts = new Dictionary<long, int>();
        foreach (var place in removed)
            Count(_tables[place.FileNumber].Metadata, -1);
        foreach (var table in added)
            Count(table.Metadata, +1);
        return counts;

        void Count(TableMetadata table, int change)
        {
            foreach (var use in table.BlobUses)
            {
                var before = counts.TryGetValue(use.FileNumber, out var count)
                    ? count
                    : _tablesOfBlob.GetValueOrDefault(use.FileNumber);
                counts[use.FileNumber] = before + change;
            }
        }
    }

    private void CountTables(TableMetadata table, int change)
    {
        foreach (var use in table.BlobUses)
        {
            var count = _tablesOfBlob.GetValueOrDefault(use.FileNumber) + change;
            if (count == 0)
                _tablesOfBlob.Remove(use.FileNumber);
            else
                _tablesOfBlob[use.FileNumber] = count;
        }
    }
}
