namespace FerrisDB.Transactions;

// The numbers of entries by key, and for each block of 64 of them the newest version:
//
//     prefix     what all the keys begin with
//     windows    the eight bytes behind it    | .... | .... | ....  .... | .... | ....
//     numbers    of the entries               |   7  |   0  |   3     1  |   2  |   5
//     newest     of each block                |        44         ...    |     41
//
// The keys of a range are one piece of it: two searches find it, and the blocks tell of its versions.

/// <summary>The first entries of a <see cref="ConflictPeriod"/> in the order of their keys.</summary>
/// <remarks>Takes memory when it is used for the first time.</remarks>
internal sealed class ConflictOrder
{
    private const int BlockEntries = 64;

    private readonly ConflictPeriod _period;
    private readonly Comparison<int> _byKey;
    private byte[] _prefix = [];
    private int _prefixLength;
    private ulong[] _windows = [];
    private int[] _numbers = [];
    private long[] _newest = [];

    public ConflictOrder(ConflictPeriod period)
    {
        _period = period;
        _byKey = (left, right) => KeyOf(left).SequenceCompareTo(KeyOf(right));
    }

    /// <summary>Entries that are in order, the first ones of the period.</summary>
    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Puts the entries of the period that there are now in order.</summary>
    public void Sort()
    {
        Count = _period.Entries.Length;
        Reserve(Count);
        FindPrefix();
        var windows = _windows.AsSpan(0, Count);
        var numbers = _numbers.AsSpan(0, Count);
        for (var number = 0; number < numbers.Length; number++)
        {
            numbers[number] = number;
            windows[number] = InternalKey.PrefixOf(KeyOf(number)[_prefixLength..]);
        }
        windows.Sort(numbers);
        SortTies(windows, numbers);
        for (var begin = 0; begin < numbers.Length; begin += BlockEntries)
            _newest[begin / BlockEntries] = NewestAmong(begin, Math.Min(begin + BlockEntries, numbers.Length));
    }

    /// <summary>True if a key of a range was written after a version by one of the entries in order.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version)
    {
        var from = FirstNotBefore(begin);
        var to = FirstNotBefore(end);
        while (from < to)
        {
            var block = from / BlockEntries;
            var next = Math.Min(to, (block + 1) * BlockEntries);
            var newest = next - from == BlockEntries ? _newest[block] : NewestAmong(from, next);
            if (newest > version)
                return true;
            from = next;
        }
        return false;
    }

    /// <summary>True if a key was written after a version by one of the entries in order.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> key, long version)
    {
        for (var place = FirstNotBefore(key); place < Count && KeyOf(_numbers[place]).SequenceEqual(key); place++)
        {
            if (_period.Entries[_numbers[place]].Version > version)
                return true;
        }
        return false;
    }

    private long NewestAmong(int from, int to)
    {
        var entries = _period.Entries;
        var newest = long.MinValue;
        foreach (var number in _numbers.AsSpan(from, to - from))
            newest = Math.Max(newest, entries[number].Version);
        return newest;
    }

    private int FirstNotBefore(ReadOnlySpan<byte> key)
    {
        var prefix = _prefix.AsSpan(0, _prefixLength);
        if (!key.StartsWith(prefix))
            return key.SequenceCompareTo(prefix) < 0 ? 0 : Count;
        var window = InternalKey.PrefixOf(key[_prefixLength..]);
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var other = _windows[middle];
            var isBefore = other != window ? other < window : KeyOf(_numbers[middle]).SequenceCompareTo(key) < 0;
            if (isBefore)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void FindPrefix()
    {
        var prefix = KeyOf(0);
        for (var number = 1; number < Count && prefix.Length > 0; number++)
            prefix = prefix[..prefix.CommonPrefixLength(KeyOf(number))];
        if (_prefix.Length < prefix.Length)
            _prefix = new byte[prefix.Length];
        prefix.CopyTo(_prefix);
        _prefixLength = prefix.Length;
    }

    private void SortTies(ReadOnlySpan<ulong> windows, Span<int> numbers)
    {
        for (var begin = 0; begin < windows.Length;)
        {
            var end = begin + 1;
            while (end < windows.Length && windows[end] == windows[begin])
                end++;
            if (end - begin > 1)
                numbers[begin..end].Sort(_byKey);
            begin = end;
        }
    }

    private void Reserve(int count)
    {
        if (_numbers.Length >= count)
            return;
        _numbers = new int[_period.RoomEntries];
        _windows = new ulong[_period.RoomEntries];
        _newest = new long[(_period.RoomEntries / BlockEntries) + 1];
    }

    private ReadOnlySpan<byte> KeyOf(int number) => _period.KeyOf(_period.Entries[number]);
}
