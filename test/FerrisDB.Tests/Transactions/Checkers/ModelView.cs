using FerrisDB.TestKit;
using FerrisDB.Transactions;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Transactions;

/// <summary>
/// What a transaction sees: a state of the database and its own writes on top, done in the plainest way.
/// </summary>
internal sealed class ModelView
{
    /// <summary>No read may ever return this.</summary>
    public const string Unreadable = "<unreadable>";

    public const string MaxKey = "\u00ff";
    private const int ValueSizeLimit = 100_000;

    private readonly SortedList<string, string> _rows;
    private readonly byte[]? _stamp;
    private readonly long _readVersion;

    /// <param name="rows">The state.</param>
    /// <param name="stamp">The versionstamp of the commit; null while it is not known.</param>
    /// <param name="readVersion">A versionstamped key that is not known lies behind it.</param>
    public ModelView(IEnumerable<KeyValuePair<string, string>> rows, byte[]? stamp, long readVersion)
    {
        _rows = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in rows)
            _rows.Add(key, value);
        _stamp = stamp;
        _readVersion = readVersion;
    }

    public IReadOnlyList<KeyValuePair<string, string>> Rows => [.. _rows];

    /// <summary>What own writes decide whatever the database has.</summary>
    public KeySet Decided { get; } = new();

    /// <summary>It has written what only the commit knows, so reads of that may fail.</summary>
    public bool HasUnreadable { get; private set; }

    public string? Get(string key) => _rows.GetValueOrDefault(key);

    public string Resolve(ModelSelector selector)
    {
        var position = FirstAtOrAfter(selector.Key) + selector.Offset - 1;
        return position < 0 ? "" : position >= _rows.Count ? MaxKey : _rows.GetKeyAtIndex(position);
    }

    /// <summary>All rows between two selectors, in the direction of the read.</summary>
    public List<KeyValuePair<string, string>> Range(ModelSelector begin, ModelSelector end, bool reverse)
    {
        var (from, to) = (Resolve(begin), Resolve(end));
        List<KeyValuePair<string, string>> rows = [.. _rows.Where(row =>
            string.CompareOrdinal(row.Key, from) >= 0 && string.CompareOrdinal(row.Key, to) < 0)];
        if (reverse)
            rows.Reverse();
        return rows;
    }

    public void Apply(HistoryStep write)
    {
        switch (write.Mutation)
        {
            case MutationKind.Set:
                Set(write.Key, write.Operand);
                break;
            case MutationKind.Clear:
                ClearRange(write.Key, write.Key + '\0');
                break;
            case MutationKind.ClearRange:
                ClearRange(write.Key, write.Operand);
                break;
            case MutationKind.SetVersionstampedKey:
                _rows[StampedKey(write, _stamp ?? StampOf(_readVersion))] =
                    _stamp is null ? Unreadable : write.Operand;
                HasUnreadable = true;
                break;
            case MutationKind.SetVersionstampedValue:
                Set(write.Key, _stamp is null ? Unreadable : Stamped(write.Operand, _stamp));
                if (_stamp is null)
                    _rows[write.Key] = Unreadable;
                HasUnreadable = true;
                break;
            default:
                Atomic(write);
                break;
        }
    }

    public static string StampedKey(HistoryStep write, byte[] stamp) => Stamped(write.Key, stamp);

    public static byte[] StampOf(long version)
    {
        var stamp = new byte[VersionstampOperand.StampSize];
        VersionstampOperand.WriteStamp(version, 0, stamp);
        return stamp;
    }

    private static string Stamped(string operand, byte[] stamp)
    {
        var bytes = Bytes(operand);
        stamp.CopyTo(bytes, BitConverter.ToInt32(bytes, bytes.Length - sizeof(int)));
        return Text(bytes.AsSpan(0, bytes.Length - sizeof(int)));
    }

    private void Set(string key, string value)
    {
        // A key that is unreadable stays so when it is set.
        _rows[key] = _stamp is null && _rows.GetValueOrDefault(key) == Unreadable ? Unreadable : value;
        Decided.AddKey(key);
    }

    private void ClearRange(string begin, string end)
    {
        foreach (var key in _rows.Keys.Where(each =>
            string.CompareOrdinal(each, begin) >= 0 && string.CompareOrdinal(each, end) < 0).ToList())
            _rows.Remove(key);
        Decided.Add(begin, end);
    }

    private void Atomic(HistoryStep write)
    {
        var value = _rows.GetValueOrDefault(write.Key);
        if (value == Unreadable)
            return;
        var (old, operand) = (Bytes(value ?? ""), Bytes(write.Operand));
        var room = new byte[AtomicOps.ResultBytesMax(write.Mutation, old.Length, operand.Length)];
        if (AtomicOps.Apply(write.Mutation, value is not null, old, operand, ValueSizeLimit, room, out var length))
            _rows[write.Key] = Text(room.AsSpan(0, length));
        else
            _rows.Remove(write.Key);
    }

    private int FirstAtOrAfter(string key)
    {
        var position = 0;
        while (position < _rows.Count && string.CompareOrdinal(_rows.GetKeyAtIndex(position), key) < 0)
            position++;
        return position;
    }
}
