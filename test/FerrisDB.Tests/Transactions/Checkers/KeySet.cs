namespace FerrisDB.Tests.Transactions;

/// <summary>A set of keys, as ranges of Latin-1 text.</summary>
internal sealed class KeySet
{
    private readonly List<(string Begin, string End)> _ranges = [];

    public IReadOnlyList<(string Begin, string End)> Ranges => _ranges;

    public void AddKey(string key) => Add(key, key + '\0');

    /// <summary>Adds a range; nothing if it is empty or inverted.</summary>
    public void Add(string begin, string end)
    {
        if (string.CompareOrdinal(begin, end) < 0)
            _ranges.Add((begin, end));
    }

    /// <summary>Adds a range without the keys that another set has.</summary>
    public void AddWithout(string begin, string end, KeySet others)
    {
        var parts = new KeySet();
        parts.Add(begin, end);
        foreach (var (from, to) in others._ranges)
            parts.Remove(from, to);
        _ranges.AddRange(parts._ranges);
    }

    public void Remove(string begin, string end)
    {
        var parts = _ranges.ToList();
        _ranges.Clear();
        foreach (var (from, to) in parts)
        {
            Add(from, Earlier(to, begin));
            Add(Later(from, end), to);
        }
    }

    public bool Contains(string key) => _ranges.Exists(range =>
        string.CompareOrdinal(range.Begin, key) <= 0 && string.CompareOrdinal(key, range.End) < 0);

    public bool Intersects(KeySet other) => _ranges.Exists(range => other._ranges.Exists(with =>
        string.CompareOrdinal(range.Begin, with.End) < 0 && string.CompareOrdinal(with.Begin, range.End) < 0));

    public override string ToString() => string.Join(' ', _ranges.Select(range => $"[{range.Begin},{range.End})"));

    public static string Earlier(string left, string right) => string.CompareOrdinal(left, right) <= 0 ? left : right;

    public static string Later(string left, string right) => string.CompareOrdinal(left, right) >= 0 ? left : right;
}
