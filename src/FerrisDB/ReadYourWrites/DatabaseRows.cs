namespace FerrisDB;

/// <summary>The rows of a range as the database has them, in one direction, fetched page by page.</summary>
/// <remarks>For one reader at a time.</remarks>
internal sealed class DatabaseRows(
    ICluster cluster, ReadPoint at, ReadOnlyMemory<byte> begin, ReadOnlyMemory<byte> end, bool reverse, bool keysOnly)
{
    private readonly RowBuffer _page = new();

    // What has not been fetched yet.
    private ReadOnlyMemory<byte> _begin = begin;
    private ReadOnlyMemory<byte> _end = end;
    private bool _hasMore = true;
    private int _next;

    /// <summary>The row that is next.</summary>
    public ReadOnlySpan<byte> Key => _page.Key(_next);

    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value => _page.Value(_next);

    /// <summary>Goes behind the row.</summary>
    public void MoveNext() => _next++;

    /// <summary>Leaves out all rows before a key; or, backwards, all from it on.</summary>
    public void SkipTo(ReadOnlySpan<byte> key)
    {
        while (_next < _page.Count && IsBefore(_page.Key(_next), key))
            _next++;
        if (_next < _page.Count || !_hasMore)
            return;
        if (!reverse && key.SequenceCompareTo(_begin.Span) > 0)
            _begin = key.ToArray();
        if (reverse && key.SequenceCompareTo(_end.Span) < 0)
            _end = key.ToArray();
    }

    /// <summary>True if there is a next row before the bound; or, backwards, at or behind it.</summary>
    /// <param name="bound">Where the caller's interest ends.</param>
    /// <param name="rowsMax">How many rows the caller may want.</param>
    /// <param name="targetBytes">About how many bytes it may want.</param>
    public async ValueTask<bool> HasNextAsync(ReadOnlyMemory<byte> bound, int rowsMax, int targetBytes)
    {
        while (_next == _page.Count)
        {
            if (!_hasMore || _begin.Span.SequenceCompareTo(_end.Span) >= 0)
                return false;
            await FetchAsync(rowsMax, targetBytes);
        }
        return IsBefore(_page.Key(_next), bound.Span);
    }

    private async ValueTask FetchAsync(int rowsMax, int targetBytes)
    {
        _page.Clear();
        _next = 0;
        _hasMore = await cluster.GetRangeAsync(
            new RangeRequest(_begin, _end, rowsMax, targetBytes, reverse, keysOnly), at, _page);
        if (!_hasMore || _page.Count == 0)
            return;
        var last = _page.Key(_page.Count - 1);
        if (reverse)
            _end = last.ToArray();
        else
            _begin = (byte[])[.. last, 0];
    }

    // In the direction of the read.
    private bool IsBefore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bound) =>
        reverse ? key.SequenceCompareTo(bound) >= 0 : key.SequenceCompareTo(bound) < 0;
}
