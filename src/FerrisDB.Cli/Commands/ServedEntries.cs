namespace FerrisDB.Cli;

/// <summary>Entries of a server, page by page, of one version as long as the server keeps that.</summary>
/// <remarks>
/// A version can be read for five seconds. Whoever reads for longer goes on at a newer one: what has changed meanwhile
/// behind the place where it is, it sees.
/// </remarks>
internal sealed class ServedEntries(DatabaseSession session, KeyRange range, bool isReverse, long limit) : IEntries
{
    private const int PageRows = 1000;

    private readonly Transaction _transaction =
        session.Tenant?.CreateTransaction() ?? session.Database.CreateTransaction();
    private RangePage? _page;
    private KeyRange _left = range;
    private int _at;
    private long _count;

    public ReadOnlySpan<byte> Key => _page![_at].Key.Span;

    public ReadOnlySpan<byte> Value => _page![_at].Value.Span;

    public bool HasMore { get; private set; }

    public long Version => Blocking.Wait(_transaction.GetReadVersionAsync());

    public bool Next()
    {
        if (limit > 0 && _count == limit)
        {
            HasMore = ++_at < _page?.Count || (_page is { More: true } && Fetch());
            return false;
        }
        _count++;
        return ++_at < _page?.Count || ((_page is null || _page.More) && Fetch());
    }

    public void Dispose() => _transaction.Dispose();

    private bool Fetch()
    {
        if (_page is { Count: > 0 } last)
        {
            var key = last[^1].Key.ToArray();
            _left = isReverse ? new KeyRange(_left.Begin, key) : new KeyRange([.. key, 0], _left.End);
        }
        _page = Blocking.Wait(FetchAsync());
        _at = 0;
        return _page.Count > 0;
    }

    private async ValueTask<RangePage> FetchAsync()
    {
        while (true)
        {
            try
            {
                if (session.Tenant is null)
                    _transaction.SetOption(TransactionOption.ReadSystemKeys);
                return await _transaction.Snapshot.GetPageAsync(
                    _left, new RangeOptions { Limit = PageRows, Reverse = isReverse, Mode = StreamingMode.WantAll });
            }
            catch (FerrisException error)
            {
                await _transaction.OnErrorAsync(error);
            }
        }
    }
}
