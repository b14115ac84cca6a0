using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>A B+tree as the index of a MemTable: one thread inserts at a time.</summary>
internal sealed class BTreeIndex : IMemTableIndex
{
    // A batch is sorted, so its next keys are known: their leaves are on their way while the first ones are inserted.
    private const int FetchedAhead = 4;

    // Entries of a sorted run lie anywhere in the arena.
    private const int LinkedAhead = 12;

    private const long SlackBytes = 64 << 10;

    private readonly BTree _tree;
    private readonly BTreeWriter _writer;
    private int _isInserting; // the checked flavour's; 0 or 1

    /// <param name="arena">Holds <see cref="ArenaBytesFor"/>.</param>
    public BTreeIndex(Arena arena)
    {
        _tree = new BTree(arena);
        _writer = new BTreeWriter(_tree, arena);
    }

    /// <summary>What an arena must hold for a MemTable of some capacity.</summary>
    /// <remarks>
    /// What an entry takes of the nodes is promised for the long run, a sixteenth of one: a leaf is full before it is
    /// split, and full again before its halves are. But one batch may hit full leaves alone and split all of them.
    /// There is one for 64 entries, of 24 bytes at least, and it may be split twice before it has to fill up again:
    /// another 62 % of the capacity for the worst there is. These are addresses, not memory: pages are used up in
    /// order.
    /// </remarks>
    public static long ArenaBytesFor(long capacityBytes) => capacityBytes + (capacityBytes / 4 * 3) + SlackBytes;

    public void Insert(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        BeginInsert();
        _writer.Insert(key, tag, value);
        EndInsert();
    }

    public int Insert(long version, ReadOnlySpan<byte> canonicalPayload, out bool hasRanges)
    {
        BeginInsert();
        hasRanges = false;
        var inserted = 0;
        var fetched = 0;
        Span<uint> leaves = stackalloc uint[FetchedAhead];
        var reader = new BatchReader(canonicalPayload);
        var ahead = reader;
        var splits = _writer.Splits;
        while (reader.TryNext(out var entry))
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
            {
                hasRanges = true;
                continue;
            }
            for (; fetched < inserted + FetchedAhead && ahead.TryNext(out var next); fetched++)
                leaves[fetched % FetchedAhead] = _writer.IsRun ? 0 : _writer.Fetch(next.Key, next.TagAt(version));
            if (splits != _writer.Splits)
            {
                // They are still good guesses for the cache, but no longer where the keys surely belong.
                leaves.Clear();
                splits = _writer.Splits;
            }
            _writer.Insert(entry.Key, entry.TagAt(version), entry.Value, leaves[inserted % FetchedAhead]);
            inserted++;
        }
        EndInsert();
        return inserted;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Load(long version, ReadOnlySpan<byte> canonicalPayload, EntryRun run, out bool hasRanges)
    {
        hasRanges = false;
        var loaded = 0;
        var reader = new BatchReader(canonicalPayload);
        while (reader.TryNext(out var entry))
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
            {
                hasRanges = true;
                continue;
            }
            if (run.IsFull)
                Link(run);
            run.Add(_tree, _writer.Write(entry.Key, entry.TagAt(version), entry.Value), entry.Key);
            loaded++;
        }
        return loaded;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Link(EntryRun run)
    {
        BeginInsert();
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.MemTableDropsFullRuns && run.IsFull)
            run.Clear();
#endif
        run.Sort(_tree);
        for (var index = 0; index < run.Count; index++)
        {
            if (index + LinkedAhead < run.Count)
                _tree.FetchEntry(run.EntryAt(index + LinkedAhead));
            _writer.Link(run.EntryAt(index));
        }
        run.Clear();
        EndInsert();
    }

    public bool TryFind(scoped in SearchKey target, out MemTableEntry entry) => _tree.TryFind(target, out entry);

    public ICursor OpenCursor(MemTable memTable) =>
        MemTableCursor<BTreePosition>.Rent(memTable, new BTreePosition(_tree));

    public List<byte[]> SampleKeys(long entryCount, int keysMax)
    {
        var step = Math.Max(1, (entryCount + keysMax - 1) / Math.Max(1, keysMax));
        var keys = new List<byte[]>();
        var passed = 0L;
        for (var leaf = _tree.FirstLeaf(); leaf != 0; leaf = _tree.At(leaf).Next)
        {
            for (var index = 0; index < BTreeNode.SlotCount; index++)
            {
                var slot = _tree.At(leaf).Slot(index);
                if (slot == BTreeNode.Unused)
                    break;
                if (passed++ % step == 0)
                    keys.Add(_tree.EntryAt(BTreeNode.OffsetOf(slot)).Key.ToArray());
            }
        }
        return keys;
    }

    public void AssertInvariants(long entryCount) => BTreeChecks.AssertInvariants(_tree, entryCount);

    public IReadOnlyList<int> Levels() =>
        [.. Enumerable.Range(0, _tree.Height).Select(level => _tree.NodesOf(level).Count)];

    // One line for each entry, with a mark for each level on which it is the first of a node.
    public void Draw(TextWriter writer, Func<MemTableEntry, string> text)
    {
        var firsts = Enumerable.Range(0, _tree.Height)
            .Select(level => _tree.NodesOf(level).Select(FirstEntryBelow).ToHashSet()).ToArray();
        foreach (var leaf in _tree.NodesOf(level: 0))
        {
            foreach (var entry in _tree.ContentOf(leaf))
            {
                writer.Write("  ");
                foreach (var first in firsts)
                    writer.Write(first.Contains(entry) ? "o " : "| ");
                writer.WriteLine(text(_tree.EntryAt(entry)));
            }
        }
    }

    private uint FirstEntryBelow(uint node)
    {
        while (_tree.At(node).Level > 0)
            node = _tree.ContentOf(node).First();
        return _tree.ContentOf(node).FirstOrDefault();
    }

    // The engine applies one batch after the other, under a lock. Two at once would tear the tree.
    [Conditional("FERRIS_CHECKED")]
    private void BeginInsert() => Invariant.That(Interlocked.Exchange(ref _isInserting, 1) == 0);

    [Conditional("FERRIS_CHECKED")]
    private void EndInsert() => Volatile.Write(ref _isInserting, 0);
}
