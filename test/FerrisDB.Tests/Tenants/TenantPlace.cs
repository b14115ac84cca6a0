using System.Text;

namespace FerrisDB.Tests.Tenants;

/// <summary>One of the places of a run: a tenant or the plain database, and what must be in it.</summary>
internal sealed class TenantPlace(string name, Database database, bool isTenant)
{
    private static readonly Comparer<byte[]> ByBytes =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    public string Name => name;

    public Database Database => database;

    public SortedDictionary<byte[], byte[]> Model { get; private set; } = new(ByBytes);

    /// <summary>The first key that the run looks at: below there are, for the plain database, the tenants.</summary>
    public byte[] First { get; } = isTenant ? [] : "a"u8.ToArray();

    public bool IsTenant => isTenant;

    public SortedDictionary<byte[], byte[]> CopyOfModel() => new(Model, ByBytes);

    public void SetModel(SortedDictionary<byte[], byte[]> model) => Model = model;

    /// <summary>What the database has, as text.</summary>
    public async Task<string> ReadAllAsync() => await database.ReadAsync(async reader =>
    {
        var rows = new List<string>();
        await foreach (var row in reader.GetRange(
            KeySelector.FirstGreaterOrEqual(First), KeySelector.FirstGreaterOrEqual(KeyLimits.UserEnd)))
            rows.Add(Text(row.Key.Span, row.Value.Span));
        return string.Join(' ', rows);
    });

    public string ModelText() => string.Join(' ', Model.Select(row => Text(row.Key, row.Value)));

    public static string Text(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        $"{KeyText.Of(key)}={Encoding.Latin1.GetString(value)}";
}
