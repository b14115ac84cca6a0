using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>
/// A database as a sorted dictionary that mutations are applied to one by one, all with one versionstamp.
/// </summary>
internal sealed class ModelStore(int valueSizeLimit, long version, ushort order)
{
    private readonly SortedDictionary<string, byte[]> _rows = new(StringComparer.Ordinal);

    public void Set(byte[] key, byte[] value) => _rows[Text(key)] = value;

    public ModelStore Copy()
    {
        var copy = new ModelStore(valueSizeLimit, version, order);
        foreach (var (key, value) in _rows)
            copy._rows[key] = value;
        return copy;
    }

    public void Apply(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
    {
        switch (kind)
        {
            case MutationKind.Set:
                _rows[Text(key)] = operand.ToArray();
                break;
            case MutationKind.Clear:
                _rows.Remove(Text(key));
                break;
            case MutationKind.ClearRange:
                var (begin, end) = (Text(key), Text(operand));
                foreach (var each in _rows.Keys.Where(each => IsBetween(each, begin, end)).ToList())
                    _rows.Remove(each);
                break;
            case MutationKind.SetVersionstampedKey:
                _rows[Text(Stamp(key, version, order))] = operand.ToArray();
                break;
            case MutationKind.SetVersionstampedValue:
                _rows[Text(key)] = Stamp(operand, version, order);
                break;
            default:
                Atomic(kind, Text(key), operand);
                break;
        }
    }

    public override string ToString() =>
        string.Join(' ', _rows.Select(row => $"{row.Key}={Convert.ToHexStringLower(row.Value)}"));

    public static byte[] Stamp(ReadOnlySpan<byte> operand, long version, ushort order)
    {
        var stamped = new byte[VersionstampOperand.StampedLength(operand)];
        VersionstampOperand.Stamp(operand, version, order, stamped);
        return stamped;
    }

    private void Atomic(MutationKind kind, string key, ReadOnlySpan<byte> operand)
    {
        var isPresent = _rows.TryGetValue(key, out var value);
        var room = new byte[AtomicOps.ResultBytesMax(kind, value?.Length ?? 0, operand.Length)];
        if (AtomicOps.Apply(kind, isPresent, value, operand, valueSizeLimit, room, out var length))
            _rows[key] = room[..length];
        else
            _rows.Remove(key);
    }

    // Hexadecimal text sorts as the bytes do.
    private static string Text(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(key);

    private static bool IsBetween(string key, string begin, string end) =>
        string.CompareOrdinal(key, begin) >= 0 && string.CompareOrdinal(key, end) < 0;
}
