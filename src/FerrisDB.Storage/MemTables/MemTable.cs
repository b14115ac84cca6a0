using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// The newest data, in memory: first <em>active</em> and written, then <em>sealed</em> and flushed to a table.
/// </summary>
/// <remarks>
/// Any number of threads read and hold cursors at once, while others add: with a skip list any number, with a B+tree
/// one at a time. Reading takes no lock. Memory comes from one arena outside the garbage-collected heap and is freed as
/// a whole when the last reference is released, so whoever reads holds a reference, or reads inside an epoch that the
/// holder of the last one retires through.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It is not disposed: the last Release frees the arena.")]
internal sealed class MemTable
{
    // What an entry takes above its key and value: 16 bytes of header, at most 7 for rounding and 8 for a key that is
    // shorter than its prefix, and its part of the index: at most 5 bytes on average of a skip list; of a B+tree 9 when
    // its nodes are full, 14 after random insertion, at most 36 when keys come so that nodes are split as often as can
    // be. An index has slack for what comes together worse.
    private const int EntryOverheadBytes = 64;

    private readonly Arena _arena;
    private readonly IMemTableIndex _index;
    private readonly Lock _rangeTombstonesLock = new();

    private volatile RangeTombstoneSet _rangeTombstones = RangeTombstoneSet.Empty; // written under its lock
    private long _entryCount;
    private long _oldestVersion = long.MaxValue;
    private long _newestVersion;
    private ReferenceCount _references = new();
    private volatile bool _isSealed;

    /// <param name="capacityBytes">What it may hold; memory is used as it fills.</param>
    /// <param name="seed">Decides the heights of nodes: one seed and one order of writes give one structure.</param>
    /// <param name="number">Names it in messages; grows with each MemTable of an engine.</param>
    /// <param name="structure">How it keeps its entries in order.</param>
    /// <param name="spare">Where its memory may come from, and goes in the end.</param>
    public MemTable(
        long capacityBytes, ulong seed, int number, MemTableStructure structure = MemTableStructure.BTree,
        SpareMemory? spare = null)
    {
        Invariant.That(capacityBytes > 0);
        CapacityBytes = capacityBytes;
        Number = number;
        var isTree = structure == MemTableStructure.BTree;
        _arena = new Arena(
            isTree ? BTreeIndex.ArenaBytesFor(capacityBytes) : SkipListIndex.ArenaBytesFor(capacityBytes), spare);
        _index = isTree ? new BTreeIndex(_arena) : new SkipListIndex(_arena, seed);
        EmptyBytes = _arena.UsedBytes;
    }

    public int Number { get; }

    public long CapacityBytes { get; }

    /// <summary>Bytes that its entries and range tombstones occupy.</summary>
    public long SizeBytes => _arena.UsedBytes - EmptyBytes + _rangeTombstones.SizeBytes;

    /// <summary>Point entries, tombstones included.</summary>
    public long EntryCount => Interlocked.Read(ref _entryCount);

    public bool IsEmpty => EntryCount == 0 && _rangeTombstones.IsEmpty;

    /// <summary>The oldest version in it, or 0 when it is empty.</summary>
    public long OldestVersion => IsEmpty ? 0 : Interlocked.Read(ref _oldestVersion);

    /// <summary>The newest version in it, or 0 when it is empty.</summary>
    public long NewestVersion => Interlocked.Read(ref _newestVersion);

    public bool IsSealed => _isSealed;

    /// <summary>The range tombstones added so far.</summary>
    public RangeTombstoneSet RangeTombstones => _rangeTombstones;

    /// <summary>The structure itself, for inspection.</summary>
    internal IMemTableIndex Index => _index;

    private long EmptyBytes { get; }

    /// <summary>Bytes that a batch takes at most: ask <see cref="HasRoomFor"/> with them before applying it.</summary>
    public static long RoomFor(long entryCount, long payloadBytes) => (entryCount * EntryOverheadBytes) + payloadBytes;

    /// <summary>As <see cref="RoomFor(long, long)"/>, for an encoded batch.</summary>
    public static long RoomFor(ReadOnlySpan<byte> payload) => RoomFor(BatchFormat.ReadCount(payload), payload.Length);

    /// <summary>
    /// True if that many bytes still fit. Writers that add at the same time must reserve for all of them.
    /// </summary>
    public bool HasRoomFor(long bytes) => SizeBytes + bytes <= CapacityBytes;

    /// <summary>Adds an entry. Its key may be there in other versions, not in this one.</summary>
    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        Invariant.That(!_isSealed);
        _index.Insert(key, tag, value);
        Count(entries: 1, tag.Version);
    }

    /// <summary>Adds a range tombstone, seen whole by every reader that asks for the set afterwards.</summary>
    public void AddRangeTombstone(byte[] begin, byte[] end, long version)
    {
        Invariant.That(!_isSealed);
        // The version first: a set that is not empty must have one.
        Count(entries: 0, version);
        lock (_rangeTombstonesLock)
            _rangeTombstones = _rangeTombstones.With(begin, end, version);
    }

    /// <summary>
    /// Adds all entries of a canonical batch at one version. There must be <see cref="RoomFor(ReadOnlySpan{byte})"/>
    /// it.
    /// </summary>
    public void Apply(long version, ReadOnlySpan<byte> canonicalPayload)
    {
        Invariant.That(!_isSealed);
        var entries = _index.Insert(version, canonicalPayload, out var hasRanges);
        if (entries > 0)
            Count(entries, version);
        if (hasRanges)
            AddRangeTombstones(version, canonicalPayload);
    }

    /// <summary>
    /// As <see cref="Apply"/>, before anybody reads: entries may wait in a run, for which <see cref="Link"/> needs room
    /// too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(long version, ReadOnlySpan<byte> canonicalPayload, EntryRun run)
    {
        Invariant.That(!_isSealed);
        var entries = _index.Load(version, canonicalPayload, run, out var hasRanges);
        if (entries > 0)
            Count(entries, version);
        if (hasRanges)
            AddRangeTombstones(version, canonicalPayload);
    }

    /// <summary>Puts loaded entries in their places. Only then may this be read, or written in another way.</summary>
    public void Link(EntryRun run) => _index.Link(run);

    /// <summary>
    /// Finds the newest entry of a key at or below a version; it may be a tombstone. Range tombstones are not looked
    /// at. The value points into the arena.
    /// </summary>
    public bool TryGet(ReadOnlySpan<byte> key, long version, out EntryTag tag, out ReadOnlySpan<byte> value)
    {
        var target = new SearchKey(key, EntryTag.SeekTo(version));
        if (!_index.TryFind(target, out var entry))
        {
            tag = default;
            value = default;
            return false;
        }
        tag = entry.Tag;
        value = entry.Value;
        return true;
    }

    /// <summary>Opens a cursor over the point entries. It holds a reference until it is disposed.</summary>
    public ICursor OpenCursor()
    {
        var isAcquired = TryAcquire();
        Invariant.That(isAcquired);
        return _index.OpenCursor(this);
    }

    /// <summary>Keys spread evenly over all entries: every one, or about <paramref name="keysMax"/> at most.</summary>
    public List<byte[]> SampleKeys(int keysMax) => _index.SampleKeys(EntryCount, keysMax);

    /// <summary>Ends writing: whatever is added from now on is a bug.</summary>
    public void Seal()
    {
        _isSealed = true;
        AssertInvariants();
    }

    /// <summary>Takes a reference, or returns false if the last one is gone and with it the memory.</summary>
    public bool TryAcquire() => _references.TryAcquire();

    /// <summary>Gives a reference back. The last one frees the memory.</summary>
    public void Release()
    {
        if (_references.Release())
            _arena.Dispose();
    }

    /// <summary>Checks the whole structure. No thread may add meanwhile.</summary>
    [Conditional("FERRIS_CHECKED")]
    public void AssertInvariants()
    {
        _index.AssertInvariants(EntryCount);
        Invariant.That(IsEmpty || OldestVersion <= NewestVersion);
        Invariant.That(_rangeTombstones.IsEmpty || OldestVersion <= _rangeTombstones.OldestVersion);
        Invariant.That(_rangeTombstones.IsEmpty || _rangeTombstones.NewestVersion <= NewestVersion);
    }

    private void AddRangeTombstones(long version, ReadOnlySpan<byte> canonicalPayload)
    {
        var reader = new BatchReader(canonicalPayload);
        while (reader.TryNext(out var entry))
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
                AddRangeTombstone(entry.Key.ToArray(), entry.End.ToArray(), version);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(int entries, long version)
    {
        Invariant.That(version is >= 1 and <= EntryTag.VersionMax);
        LowerTo(ref _oldestVersion, version);
        RaiseTo(ref _newestVersion, version);
        if (entries > 0)
            Interlocked.Add(ref _entryCount, entries);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LowerTo(ref long place, long version)
    {
        while (true)
        {
            var current = Interlocked.Read(ref place);
            if (version >= current || Interlocked.CompareExchange(ref place, version, current) == current)
                return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RaiseTo(ref long place, long version)
    {
        while (true)
        {
            var current = Interlocked.Read(ref place);
            if (version <= current || Interlocked.CompareExchange(ref place, version, current) == current)
                return;
        }
    }
}
