using FerrisDB.Storage;

namespace FerrisDB.Tests.Cursors;

/// <summary>A sorted run in a list: the simplest thing that obeys <see cref="ICursor"/>.</summary>
internal sealed class ListCursor : ICursor
{
    private readonly List<(byte[] Key, EntryTag Tag, byte[] Value)> _entries;
    private int _index = -1;

    public ListCursor(IEnumerable<(byte[] Key, EntryTag Tag, byte[] Value)> entries)
    {
        _entries = [.. entries];
        _entries.Sort((left, right) => InternalKey.Compare(left.Key, left.Tag, right.Key, right.Tag));
    }

    public bool IsValid => (uint)_index < (uint)_entries.Count;

    public ReadOnlySpan<byte> Key => _entries[_index].Key;

    public EntryTag Tag => _entries[_index].Tag;

    public ReadOnlySpan<byte> Value => _entries[_index].Value;

    public bool SeekToFirst() => MoveTo(0);

    public bool SeekToLast() => MoveTo(_entries.Count - 1);

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag) => MoveTo(CountBefore(key, tag));

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag) => MoveTo(CountBefore(key, tag) - 1);

    public bool Next() => MoveTo(_index + 1);

    public bool Previous() => MoveTo(_index - 1);

    public void Dispose()
    {
    }

    private int CountBefore(ReadOnlySpan<byte> key, EntryTag tag)
    {
        var count = 0;
        while (count < _entries.Count && InternalKey.Compare(_entries[count].Key, _entries[count].Tag, key, tag) < 0)
            count++;
        return count;
    }

    private bool MoveTo(int index)
    {
        _index = index;
        return IsValid;
    }
}
