using System.Text;

namespace FerrisDB.TestKit;

/// <summary>
/// What the engine must look like from outside: a sorted map that remembers each version it ever had.
/// </summary>
/// <remarks>Keys and values are Latin-1 text, one character a byte, so that a failing test can be read.</remarks>
public sealed class ModelDatabase
{
    private readonly SortedDictionary<string, SortedDictionary<long, string?>> _keys = new(StringComparer.Ordinal);

    /// <summary>The newest version.</summary>
    public long LastVersion { get; private set; }

    /// <summary>Text to bytes, one to one.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Bytes to text, one to one.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Applies one batch at a version above all before.</summary>
    public void Apply(long version, IEnumerable<ModelOperation> operations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(version, LastVersion);
        LastVersion = version;
        foreach (var operation in operations)
        {
            if (operation.End is null)
            {
                Set(operation.Key, version, operation.Value);
                continue;
            }
            foreach (var key in _keys.Keys.Where(key => IsWithin(key, operation.Key, operation.End)).ToList())
                Set(key, version, null);
        }
    }

    /// <summary>The value that a reader at the version sees, or null.</summary>
    public string? Get(string key, long version)
    {
        if (!_keys.TryGetValue(key, out var versions))
            return null;
        string? value = null;
        foreach (var (written, text) in versions)
        {
            if (written > version)
                break;
            value = text;
        }
        return value;
    }

    /// <summary>Everything that a reader at the version sees between two keys (null: no bound), in order.</summary>
    public List<KeyValuePair<string, string>> Range(long version, string? begin = null, string? end = null)
    {
        var seen = new List<KeyValuePair<string, string>>();
        foreach (var key in _keys.Keys)
        {
            if (IsWithin(key, begin ?? "", end) && Get(key, version) is { } value)
                seen.Add(new(key, value));
        }
        return seen;
    }

    /// <summary>Forgets what came after a version: a crash took it.</summary>
    public void RollBackTo(long version)
    {
        foreach (var versions in _keys.Values)
        {
            foreach (var later in versions.Keys.Where(written => written > version).ToList())
                versions.Remove(later);
        }
        LastVersion = version;
    }

    private static bool IsWithin(string key, string begin, string? end) =>
        string.CompareOrdinal(key, begin) >= 0 && (end is null || string.CompareOrdinal(key, end) < 0);

    private void Set(string key, long version, string? value)
    {
        if (!_keys.TryGetValue(key, out var versions))
            _keys.Add(key, versions = []);
        versions[version] = value;
    }
}

/// <summary>A put (value), a delete (no value), or a range delete (an end).</summary>
public sealed record ModelOperation(string Key, string? End, string? Value)
{
    /// <summary>Gives a key a value.</summary>
    public static ModelOperation Put(string key, string value) => new(key, null, value);

    /// <summary>Removes a key.</summary>
    public static ModelOperation Delete(string key) => new(key, null, null);

    /// <summary>Removes all keys from begin to before end.</summary>
    public static ModelOperation DeleteRange(string begin, string end) => new(begin, end, null);
}
