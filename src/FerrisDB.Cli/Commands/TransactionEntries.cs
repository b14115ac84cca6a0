namespace FerrisDB.Cli;

/// <summary>Entries as a transaction sees them, its own writes among them.</summary>
/// <remarks>Reads no further than the limit: what is not shown cannot conflict.</remarks>
internal sealed class TransactionEntries : IEntries
{
    private readonly Transaction _transaction;
    private readonly KeyRange _range;
    private readonly bool _isReverse;
    private readonly int _limit;
    private readonly IAsyncEnumerator<KeyValue> _rows;
    private int _count;

    public TransactionEntries(Transaction transaction, KeyRange range, bool isReverse, long limit)
    {
        _transaction = transaction;
        _range = range;
        _isReverse = isReverse;
        _limit = (int)Math.Min(limit, int.MaxValue);
        _rows = transaction.GetRange(range, new RangeOptions { Reverse = isReverse, Limit = _limit })
            .GetAsyncEnumerator();
    }

    public ReadOnlySpan<byte> Key => _rows.Current.Key.Span;

    public ReadOnlySpan<byte> Value => _rows.Current.Value.Span;

    public long Version => Blocking.Wait(_transaction.GetReadVersionAsync());

    public bool HasMore { get; private set; }

    public bool Next()
    {
        if (_limit > 0 && _count == _limit)
        {
            HasMore = IsAnythingLeft();
            return false;
        }
        _count++;
        return Blocking.Wait(_rows.MoveNextAsync());
    }

    public void Dispose() => Blocking.Wait(_rows.DisposeAsync());

    // Only to say so: no reason for a conflict.
    private bool IsAnythingLeft()
    {
        var rest = _isReverse ? new KeyRange(_range.Begin, Key.ToArray()) : new KeyRange([.. Key, 0], _range.End);
        return Blocking.Wait(_transaction.Snapshot.GetPageAsync(rest, new RangeOptions { Limit = 1 })).Count > 0;
    }
}
