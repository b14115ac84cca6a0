using FerrisDB.Storage;

namespace FerrisDB.Tests.Keys;

/// <summary>
/// What a write batch means, written so that it is obviously right: nothing is clever, everything is slow.
/// </summary>
internal sealed class BatchModel
{
    private static readonly Comparer<byte[]> ByteOrder =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private readonly SortedDictionary<byte[], byte[]?> _points = new(ByteOrder);
    private readonly List<KeyRange> _ranges = [];

    public void Put(byte[] key, byte[] value) => _points[key] = value;

    public void Delete(byte[] key)
    {
        _points.Remove(key);
        if (!_ranges.Any(range => range.Contains(key)))
            _points[key] = null;
    }

    public void DeleteRange(byte[] begin, byte[] end)
    {
        var range = new KeyRange(begin, end);
        if (range.IsEmpty)
            return;
        foreach (var key in _points.Keys.Where(key => range.Contains(key)).ToArray())
            _points.Remove(key);
        _ranges.Add(range);
    }

    public List<string> Describe()
    {
        var points = _points.Select(point => point.Value is null
            ? Describe(BatchEntryKind.Delete, point.Key, [])
            : Describe(BatchEntryKind.Put, point.Key, point.Value));
        return [.. points, .. Union().Select(range => Describe(BatchEntryKind.DeleteRange, range.Begin, range.End))];
    }

    public static string Describe(BatchEntryKind kind, byte[] key, byte[] rest) => kind switch
    {
        BatchEntryKind.Put => $"put {Text(key)}={Text(rest)}",
        BatchEntryKind.Delete => $"delete {Text(key)}",
        _ => $"clear {Text(key)}..{Text(rest)}",
    };

    private static string Text(byte[] bytes) =>
        bytes.All(letter => letter is >= (byte)'0' and <= (byte)'z')
            ? System.Text.Encoding.ASCII.GetString(bytes)
            : Convert.ToHexString(bytes);

    // Joins any two ranges that meet until none do.
    private IEnumerable<KeyRange> Union()
    {
        var union = new List<KeyRange>(_ranges);
        for (var left = 0; left < union.Count; left++)
        {
            var other = union.FindIndex(candidate => !candidate.Equals(union[left]) && Meet(union[left], candidate));
            if (other < 0)
                continue;
            union[left] = new KeyRange(
                Lesser(union[left].Begin, union[other].Begin), Greater(union[left].End, union[other].End));
            union.RemoveAt(other);
            left = -1;
        }
        return union.Distinct().OrderBy(range => range.Begin, ByteOrder);
    }

    private static bool Meet(KeyRange left, KeyRange right) =>
        ByteOrder.Compare(left.Begin, right.End) <= 0 && ByteOrder.Compare(right.Begin, left.End) <= 0;

    private static byte[] Lesser(byte[] left, byte[] right) => ByteOrder.Compare(left, right) <= 0 ? left : right;

    private static byte[] Greater(byte[] left, byte[] right) => ByteOrder.Compare(left, right) >= 0 ? left : right;
}
