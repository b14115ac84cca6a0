using System.Diagnostics;

namespace FerrisDB.Storage;

// Which tables the database consists of at one moment:
//
//     L0   [a........m]  newest        each table is one flushed MemTable, so their keys overlap;
//             [c..........x]           newest versions first
//          [a.....f]     oldest
//     L1   [a..d][e....k]   [m..z]     sorted by key and disjoint: a key lies in one table at most
//     ...
//     L6   [a.b][b.c][d..e][f....z]    the bottom
//
// From L1 on, everything that one level knows about a key is newer than all that the levels below know about it, and
// every table of L0 is newer for a key than L1.

/// <summary>
/// The tables of every level at one moment. Immutable: a change makes a new set that shares the handles.
/// </summary>
/// <remarks>
/// Reference counted as a whole. A set holds one reference to each of its handles from creation until its own last
/// reference is given back, so that a reader who holds the set holds all of its files. Lookups allocate nothing.
/// </remarks>
internal sealed class TableSet
{
    /// <summary>
    /// L0 to L6: at a multiplier of ten, L6 holds a hundred thousand times what L1 does, more than any disk.
    /// </summary>
    public const int LevelCount = 7;

    public const int BottomLevel = LevelCount - 1;

    private readonly TableLevel[] _levels;
    private readonly TableLevel[] _occupied;
    private ReferenceCount _references = new();

    /// <summary>A set without tables.</summary>
    public TableSet()
        : this([.. Enumerable.Range(0, LevelCount).Select(number => new TableLevel(number, []))], [])
    {
    }

    /// <summary>Takes over one reference to each handle.</summary>
    private TableSet(TableLevel[] levels, IReadOnlyCollection<BlobHandle> blobs)
    {
        _levels = levels;
        Blobs = blobs.Count == 0
            ? BlobSet.Empty
            : new BlobSet(blobs, levels.SelectMany(level => level.TablesMemory.ToArray()));
        _occupied = [.. levels.Skip(1).Where(level => level.Tables.Length > 0)];
        foreach (var level in levels)
        {
            TableCount += level.Tables.Length;
            SizeBytes += level.SizeBytes;
            HasRangeTombstones |= level.HasRangeTombstones;
        }
        AssertInvariants();
    }

    /// <summary>The blobs that entries of the tables refer to.</summary>
    public BlobSet Blobs { get; }

    public int TableCount { get; }

    public long SizeBytes { get; }

    /// <summary>True if any table has range tombstones, so that a cursor must ask all of them.</summary>
    public bool HasRangeTombstones { get; }

    /// <summary>L0, whose tables overlap.</summary>
    public TableLevel Young => _levels[0];

    /// <summary>The levels below L0 that have tables, from the top down.</summary>
    public ReadOnlySpan<TableLevel> Occupied => _occupied;

    /// <summary>The tables of a level: L0 newest first, the others by key.</summary>
    public ReadOnlySpan<TableHandle> Level(int level) => _levels[level].Tables;

    /// <summary>As <see cref="Level"/>, for those who keep it.</summary>
    public ReadOnlyMemory<TableHandle> LevelTables(int level) => _levels[level].TablesMemory;

    public long LevelSizeBytes(int level) => _levels[level].SizeBytes;

    /// <summary>The one table of a level below L0 that may hold <paramref name="key"/>, or null.</summary>
    public TableHandle? Find(int level, ReadOnlySpan<byte> key) =>
        _levels[level].Find(key, InternalKey.PrefixOf(key));

    /// <summary>
    /// Below L0: the index of the first table that is not wholly before <paramref name="key"/>; the count of tables if
    /// there is none.
    /// </summary>
    public int IndexAtOrBehind(int level, ReadOnlySpan<byte> key) => _levels[level].IndexAtOrBehind(key);

    /// <summary>Below L0: the tables that share a key with [begin, end), in order.</summary>
    public ReadOnlySpan<TableHandle> Overlapping(int level, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        _levels[level].Overlapping(begin, end);

    /// <summary>On every level: true if any table shares a key with [begin, end).</summary>
    public bool OverlapsAny(int level, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        _levels[level].OverlapsAny(begin, end);

    /// <summary>
    /// The tables that an edit takes away for good (not those that it moves to another level). Mark them obsolete once
    /// the edit is durable and before this set is let go.
    /// </summary>
    public IEnumerable<TableHandle> RemovedBy(ManifestEdit edit) =>
        from place in edit.RemovedTables
        where !edit.AddedTables.Any(added => added.Metadata.FileNumber == place.FileNumber)
        select _levels[place.Level].Get(place.FileNumber);

    /// <summary>As <see cref="RemovedBy"/>, the blobs.</summary>
    public IEnumerable<BlobHandle> BlobsRemovedBy(ManifestEdit edit) => edit.RemovedBlobs.Select(BlobOf);

    /// <summary>
    /// The set after <paramref name="edit"/>, with a reference that belongs to the caller. The caller holds this set.
    /// <paramref name="create"/> makes the handle of each new table, <paramref name="createBlob"/> that of each new
    /// blob; their first reference passes to the new set.
    /// </summary>
    public TableSet Apply(
        ManifestEdit edit, Func<TableMetadata, TableHandle> create, Func<BlobMetadata, BlobHandle>? createBlob = null)
    {
        Invariant.That(_references.Value > 0);
        var known = new Dictionary<long, TableHandle>();
        var touched = new List<TableHandle>?[LevelCount];
        foreach (var place in edit.RemovedTables)
        {
            var handle = _levels[place.Level].Get(place.FileNumber);
            known.Add(place.FileNumber, handle);
            Invariant.That(Touch(touched, place.Level).Remove(handle));
        }

        var created = new HashSet<TableHandle>();
        foreach (var (level, metadata) in edit.AddedTables)
        {
            if (!known.Remove(metadata.FileNumber, out var handle))
                created.Add(handle = create(metadata));
            Touch(touched, level).Add(handle);
        }

        var levels = new TableLevel[LevelCount];
        for (var level = 0; level < LevelCount; level++)
            levels[level] = touched[level] is { } tables ? new TableLevel(level, [.. tables]) : _levels[level];
        AcquireAll(levels, except: created);
        return new TableSet(levels, BlobsAfter(edit, createBlob ?? (blob => new BlobHandle(blob))));
    }

    /// <summary>Takes a reference, or returns false if the last one is gone: read the current set again.</summary>
    public bool TryAcquire() => _references.TryAcquire();

    /// <summary>Gives a reference back; the last one gives back those to the handles.</summary>
    public void Release()
    {
        if (!_references.Release())
            return;
        foreach (var level in _levels)
        {
            foreach (var table in level.Tables)
                table.Release();
        }
        foreach (var blob in Blobs.All)
            blob.Release();
    }

    /// <summary>Each level in its order; no file twice.</summary>
    [Conditional("FERRIS_CHECKED")]
    public void AssertInvariants()
    {
        var seen = new HashSet<long>();
        foreach (var level in _levels)
        {
            level.AssertInvariants();
            foreach (var table in level.Tables)
            {
                Invariant.Checked(seen.Add(table.FileNumber), $"{table} is in the set twice");
                Invariant.Checked(table.ReferenceCount > 0, $"{table} is dead");
            }
        }
    }

    private BlobHandle BlobOf(long fileNumber)
    {
        var blob = Blobs.Find(fileNumber);
        Invariant.That(blob is not null);
        return blob;
    }

    private List<BlobHandle> BlobsAfter(ManifestEdit edit, Func<BlobMetadata, BlobHandle> create)
    {
        var blobs = new List<BlobHandle>();
        var removed = edit.RemovedBlobs.ToHashSet();
        foreach (var blob in Blobs.All)
        {
            if (removed.Contains(blob.FileNumber))
                continue;
            Invariant.That(blob.TryAcquire());
            blobs.Add(blob);
        }
        blobs.AddRange(edit.AddedBlobs.Select(create));
        return blobs;
    }

    private List<TableHandle> Touch(List<TableHandle>?[] touched, int level) =>
        touched[level] ??= [.. _levels[level].Tables];

    // This set holds all that the new one inherits, so no count can be at zero.
    private static void AcquireAll(TableLevel[] levels, HashSet<TableHandle> except)
    {
        foreach (var level in levels)
        {
            foreach (var table in level.Tables)
                Invariant.That(except.Contains(table) || table.TryAcquire());
        }
    }
}
