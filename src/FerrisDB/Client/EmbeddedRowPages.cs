namespace FerrisDB;

/// <summary>All rows of a range of a database in this process.</summary>
internal sealed class EmbeddedRowPages(RangeCursor cursor) : IRowPages
{
    private const int PageBytes = 128 << 10;

    private readonly RowBuffer _rows = new();

    public long Version => cursor.Version;

    public ValueTask<(RowBuffer Rows, bool More)> NextAsync()
    {
        _rows.Clear();
        var more = cursor.Read(PageBytes, _rows, static (rows, key, value) => rows.Add(key, value));
        return ValueTask.FromResult((_rows, more));
    }

    public ValueTask DisposeAsync()
    {
        cursor.Dispose();
        return ValueTask.CompletedTask;
    }
}
