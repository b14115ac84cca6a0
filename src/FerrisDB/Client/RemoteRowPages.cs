namespace FerrisDB;

/// <summary>
/// All rows of a range of a server. Some pages are always under way while the one before them is used.
/// </summary>
internal sealed class RemoteRowPages(RemoteCluster cluster, ulong id, long version) : IRowPages
{
    private const int UnderWayMax = 8;

    private readonly Queue<(RemoteStreamNext Request, RowBuffer Rows)> _underWay = new();
    private readonly Queue<RowBuffer> _free = new(Enumerable.Range(0, UnderWayMax + 1).Select(_ => new RowBuffer()));
    private RowBuffer? _used;

    public long Version => version;

    public async ValueTask<(RowBuffer Rows, bool More)> NextAsync()
    {
        if (_used is not null)
            _free.Enqueue(_used);
        while (_underWay.Count < UnderWayMax)
        {
            var rows = _free.Dequeue();
            rows.Clear();
            var asked = new RemoteStreamNext(id, rows);
            _underWay.Enqueue((asked, rows));
            cluster.Send(asked);
        }
        var (request, answer) = _underWay.Dequeue();
        _used = answer;
        return (answer, await request.Answer);
    }

    public ValueTask DisposeAsync()
    {
        // If the connection is lost, the server has let go already.
        cluster.Send(new RemoteStreamEnd(id));
        return ValueTask.CompletedTask;
    }
}
