namespace FerrisDB;

/// <summary>
/// All rows of a range as they were at one version, however many there are and however long it takes: there is no limit
/// of five seconds. Of a server they come in one stream, as fast as they are read, and no faster.
/// </summary>
/// <remarks>
/// For one thread at a time. Made by <see cref="Database.OpenRangeAsync"/>. What is overwritten meanwhile is kept for
/// it until it is disposed. FoundationDB has no such thing.
/// </remarks>
public sealed class RangeReader : IAsyncDisposable
{
    private readonly IRowPages _pages;
    private RowBuffer _rows = new();
    private int _at;
    private bool _more = true;
    private bool _isDisposed;

    internal RangeReader(IRowPages pages) => _pages = pages;

    /// <summary>The version that is read.</summary>
    public long Version => _pages.Version;

    /// <summary>The key of the row; valid until the next call of <see cref="ReadAsync"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no row.</exception>
    public ReadOnlySpan<byte> Key => _rows.Key(Row);

    /// <summary>The value of the row; valid until the next call of <see cref="ReadAsync"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no row.</exception>
    public ReadOnlySpan<byte> Value => _rows.Value(Row);

    private int Row
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)(_at - 1), (uint)_rows.Count, nameof(Row));
            return _at - 1;
        }
    }

    /// <summary>Goes to the next row, at first to the first one. False at the end.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ConnectionFailed"/>: the connection to the server was lost, and with it the version; the
    /// range must be read anew. <see cref="ErrorCode.TimedOut"/>, <see cref="ErrorCode.FileCorrupt"/>.
    /// </exception>
    public ValueTask<bool> ReadAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_at >= _rows.Count)
            return ReadPageAsync();
        _at++;
        return ValueTask.FromResult(true);
    }

    /// <summary>Lets the version go.</summary>
    public ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return ValueTask.CompletedTask;
        _isDisposed = true;
        return _pages.DisposeAsync();
    }

    private async ValueTask<bool> ReadPageAsync()
    {
        while (_more)
        {
            (_rows, _more) = await _pages.NextAsync();
            _at = 1;
            if (_rows.Count > 0)
                return true;
        }
        // At the end there is no row any more.
        _at = _rows.Count + 1;
        return false;
    }
}
