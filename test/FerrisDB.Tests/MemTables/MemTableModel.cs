using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

/// <summary>What a MemTable means: a sorted list of entries, searched from its start.</summary>
internal sealed class MemTableModel
{
    private static readonly Comparer<Entry> InternalKeyOrder = Comparer<Entry>.Create(
        (left, right) => InternalKey.Compare(left.Key, left.Tag, right.Key, right.Tag));

    private readonly SortedSet<Entry> _entries = new(InternalKeyOrder);

    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>Returns false, and changes nothing, if key and tag are there already.</summary>
    public bool TryAdd(byte[] key, EntryTag tag, byte[] value) => _entries.Add(new Entry(key, tag, value));

    public Entry? Get(byte[] key, long version) => _entries.FirstOrDefault(entry =>
        entry.Key.AsSpan().SequenceEqual(key) && entry.Tag.Version <= version);

    public Entry? AtOrBehind(byte[] key, EntryTag tag) => _entries.FirstOrDefault(entry =>
        InternalKey.Compare(entry.Key, entry.Tag, key, tag) >= 0);

    public Entry? Before(byte[] key, EntryTag tag) => _entries.LastOrDefault(entry =>
        InternalKey.Compare(entry.Key, entry.Tag, key, tag) < 0);

    internal sealed record Entry(byte[] Key, EntryTag Tag, byte[] Value)
    {
        public override string ToString() => Describe(Key, Tag, Value);

        public static string Describe(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value) =>
            $"{Convert.ToHexString(key)}@{tag.Version} {tag.Kind} {Convert.ToHexString(value)}";
    }
}
