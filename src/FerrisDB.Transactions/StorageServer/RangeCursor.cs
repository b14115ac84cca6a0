namespace FerrisDB.Transactions;

/// <summary>Reads all rows of a range at one version, some at a time, for as long as it takes.</summary>
/// <remarks>
/// For one thread at a time. Between two calls it holds the version, and neither tables nor memory: it opens a cursor
/// where the last one has ended, which costs little beside the rows that it then reads.
/// </remarks>
internal sealed class RangeCursor : IDisposable
{
    private readonly StorageEngine _engine;
    private readonly Snapshot _snapshot;
    private readonly KeyRange _range;
    private readonly bool _reverse;
    private readonly bool _keysOnly;
    private byte[]? _last;
    private bool _isAtEnd;

    public RangeCursor(StorageEngine engine, KeyRange range, bool reverse, bool keysOnly)
    {
        _engine = engine;
        _range = range;
        _reverse = reverse;
        _keysOnly = keysOnly;
        _snapshot = engine.TakeSnapshot();
        _isAtEnd = range.Begin.AsSpan().SequenceEqual(range.End);
    }

    /// <summary>The version that is read.</summary>
    public long Version => Math.Max(_snapshot.Version, Sequencer.FirstVersion);

    /// <summary>Takes the next rows, up to the one that reaches so many bytes. False if there are no more.</summary>
    public bool Read<T>(int targetBytes, T destination, RowTaker<T> take)
    {
        if (_isAtEnd)
            return false;
        using var cursor = OpenCursor();
        var found = _reverse ? cursor.SeekBefore(_last ?? _range.End) : SeekForward(cursor);
        for (var bytes = 0; found; found = _reverse ? cursor.Previous() : cursor.Next())
        {
            var value = _keysOnly ? default : cursor.Value;
            take(destination, cursor.Key, value);
            bytes += cursor.Key.Length + value.Length;
            if (bytes < targetBytes)
                continue;
            _last = cursor.Key.ToArray();
            return true;
        }
        _isAtEnd = true;
        return false;
    }

    public void Dispose() => _snapshot.Dispose();

    private Cursor OpenCursor()
    {
        var options = new CursorOptions
        {
            Snapshot = _snapshot,
            LowerBound = _reverse ? _range.Begin : null,
            UpperBound = _reverse ? null : _range.End,
            KeysOnly = _keysOnly,
        };
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.StreamsFollowTheNewestVersion)
            options = options with { Snapshot = null };
#endif
        return _engine.OpenCursor(options);
    }

    private bool SeekForward(Cursor cursor)
    {
        if (_last is null)
            return cursor.Seek(_range.Begin);
        return cursor.Seek(_last) && (!cursor.Key.SequenceEqual(_last) || cursor.Next());
    }
}
