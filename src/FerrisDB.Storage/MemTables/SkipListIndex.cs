namespace FerrisDB.Storage;

/// <summary>A skip list as the index of a MemTable: any number of threads insert at once.</summary>
internal sealed class SkipListIndex : IMemTableIndex
{
    // Heights are drawn by lot, so what an entry takes above key and value is right on average only. Over a full arena
    // the deviation is some kilobytes; the list's head and the kilobytes are taken out of this.
    private const long SlackBytes = 64 << 10;

    private readonly SkipList _list;
    private readonly ulong _seed;

    private SkipListFinger _finger; // belongs to the thread that has set _isFingerTaken
    private int _isFingerTaken;
    private long _fingersMade;

    /// <param name="arena">Holds <see cref="ArenaBytesFor"/>.</param>
    /// <param name="seed">Decides the heights of nodes.</param>
    public SkipListIndex(Arena arena, ulong seed)
    {
        _list = new SkipList(arena);
        _seed = seed;
        _finger = _list.NewFinger(seed);
    }

    /// <summary>What an arena must hold for a MemTable of some capacity.</summary>
    public static long ArenaBytesFor(long capacityBytes) => capacityBytes + SlackBytes;

    public void Insert(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        if (TryTakeFinger())
        {
            _list.Insert(ref _finger, key, tag, value);
            GiveFingerBack();
        }
        else
        {
            var finger = NewFinger();
            _list.Insert(ref finger, key, tag, value);
        }
    }

    public int Insert(long version, ReadOnlySpan<byte> canonicalPayload, out bool hasRanges)
    {
        int entries;
        if (TryTakeFinger())
        {
            entries = Insert(ref _finger, version, canonicalPayload, out hasRanges);
            GiveFingerBack();
        }
        else
        {
            var finger = NewFinger();
            entries = Insert(ref finger, version, canonicalPayload, out hasRanges);
        }
        return entries;
    }

    public int Load(long version, ReadOnlySpan<byte> canonicalPayload, EntryRun run, out bool hasRanges) =>
        Insert(version, canonicalPayload, out hasRanges);

    public void Link(EntryRun run) => Invariant.That(run.Count == 0);

    public bool TryFind(scoped in SearchKey target, out MemTableEntry entry)
    {
        var offset = _list.FindAtOrBehind(target);
        entry = offset != 0 ? _list.At(offset) : default;
        return offset != 0 && target.HasKeyOf(entry);
    }

    public ICursor OpenCursor(MemTable memTable) =>
        MemTableCursor<SkipListPosition>.Rent(memTable, new SkipListPosition(_list));

    public List<byte[]> SampleKeys(long entryCount, int keysMax) => _list.SampleKeys(entryCount, keysMax);

    public void AssertInvariants(long entryCount) => _list.AssertInvariants(entryCount);

    public IReadOnlyList<int> Levels() => [.. Enumerable.Range(0, _list.Height).Select(level => NodesOf(level).Count)];

    // One line for each node; its tower grows to the right, and lanes that pass it by are drawn through.
    public void Draw(TextWriter writer, Func<MemTableEntry, string> text)
    {
        var towers = Enumerable.Range(0, _list.Height).Select(level => NodesOf(level).ToHashSet()).ToArray();
        foreach (var node in NodesOf(0))
        {
            writer.Write("  ");
            foreach (var tower in towers)
                writer.Write(tower.Contains(node) ? "o " : "| ");
            writer.WriteLine(text(_list.At(node)));
        }
    }

    private int Insert(
        ref SkipListFinger finger, long version, ReadOnlySpan<byte> canonicalPayload, out bool hasRanges)
    {
        hasRanges = false;
        var entries = 0;
        var reader = new BatchReader(canonicalPayload);
        while (reader.TryNext(out var entry))
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
            {
                hasRanges = true;
                continue;
            }
            _list.Insert(ref finger, entry.Key, entry.TagAt(version), entry.Value);
            entries++;
        }
        return entries;
    }

    private List<uint> NodesOf(int level)
    {
        var nodes = new List<uint>();
        for (var node = _list.Next(_list.Head, level); node != 0; node = _list.Next(node, level))
            nodes.Add(node);
        return nodes;
    }

    // Writers mostly come one at a time and find the finger where the one before left it. Who comes meanwhile makes a
    // new one.
    private bool TryTakeFinger() => Interlocked.CompareExchange(ref _isFingerTaken, 1, 0) == 0;

    private void GiveFingerBack() => Volatile.Write(ref _isFingerTaken, 0);

    private SkipListFinger NewFinger() =>
        _list.NewFinger(_seed + ((ulong)Interlocked.Increment(ref _fingersMade) * 0xD1B54A32D192ED03));
}
