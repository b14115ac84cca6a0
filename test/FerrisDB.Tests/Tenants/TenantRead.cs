using System.Text;

namespace FerrisDB.Tests.Tenants;

/// <summary>A read, and what a model says that it must find.</summary>
/// <param name="Text">The read in words.</param>
/// <param name="Run">Does it.</param>
/// <param name="Expected">What it must find.</param>
internal sealed record TenantRead(
    string Text, Func<Transaction, ValueTask<string>> Run, Func<SortedDictionary<byte[], byte[]>, string> Expected)
{
    public static TenantRead Get(byte[] key) => new(
        $"get {KeyText.Of(key)}",
        async transaction => TextOf(await transaction.GetAsync(key)),
        model => TextOf(model.GetValueOrDefault(key)));

    public static TenantRead Page(byte[] begin, byte[] end, int limit, bool reverse) => new(
        $"page {KeyText.Of(begin)} {KeyText.Of(end)} {limit} {reverse}",
        async transaction =>
        {
            var page = await transaction.GetPageAsync(
                KeySelector.FirstGreaterOrEqual(begin), KeySelector.FirstGreaterOrEqual(end),
                new RangeOptions { Limit = limit, Reverse = reverse });
            return string.Join(' ', page.Select(row => TenantPlace.Text(row.Key.Span, row.Value.Span)));
        },
        model =>
        {
            var rows = model.Where(row => row.Key.AsSpan().SequenceCompareTo(begin) >= 0
                && row.Key.AsSpan().SequenceCompareTo(end) < 0);
            rows = reverse ? rows.Reverse() : rows;
            return string.Join(
                ' ', rows.Take(limit == 0 ? int.MaxValue : limit).Select(row => TenantPlace.Text(row.Key, row.Value)));
        });

    public static TenantRead Selector(KeySelector selector) => new(
        $"selector {KeyText.Of(selector.Key.Span)} {selector.OrEqual} {selector.Offset}",
        async transaction => KeyText.Of(await transaction.GetKeyAsync(selector)),
        model =>
        {
            var keys = model.Keys.ToList();
            var before = keys.Count(key => key.AsSpan().SequenceCompareTo(selector.Key.Span) is var order
                && (order < 0 || (order == 0 && selector.OrEqual)));
            var index = before + selector.Offset - 1;
            return KeyText.Of(index < 0 ? [] : index >= keys.Count ? KeyLimits.UserEnd : keys[index]);
        });

    private static string TextOf(byte[]? value) => value is null ? "nothing" : Encoding.Latin1.GetString(value);
}
