namespace FerrisDB;

/// <summary>Rows that become tables of a server. Some parts are under way while the next one is filled.</summary>
internal sealed class RemoteSortedRows(RemoteCluster cluster) : ISortedRows
{
    // Fewer than the server allows: the end comes behind them.
    private const int UnderWayMax = ProtocolFormat.LoadChunksMax / 2;

    private readonly Queue<RemoteLoadPart> _underWay = new();
    private readonly Stack<MessageWriter> _free = new();
    private readonly Queue<MessageWriter> _sent = new();
    private MessageWriter _part = new();
    private bool _isEnded;

    public ValueTask AddAsync(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _part.WriteBytes(key);
        _part.WriteBytes(value);
        return _part.Length < ProtocolFormat.LoadChunkBytes ? default : PassAsync();
    }

    public async ValueTask<long> CommitAsync()
    {
        if (_part.Length > 0)
            await PassAsync();
        while (_underWay.Count > 0)
            await TakeAnswerAsync();
        _isEnded = true;
        return await SendEnd(isWanted: true).Answer;
    }

    public ValueTask DisposeAsync()
    {
        if (_isEnded)
            return default;
        _isEnded = true;
        return ForgetAsync();
    }

    // If the connection is lost, the server has let go already.
    private async ValueTask ForgetAsync()
    {
        try
        {
            await SendEnd(isWanted: false).Answer;
        }
        catch (FerrisException)
        {
        }
    }

    private async ValueTask PassAsync()
    {
        if (_underWay.Count == UnderWayMax)
            await TakeAnswerAsync();
        var request = new RemoteLoadPart(MessageType.LoadRows, _part.Written);
        _sent.Enqueue(_part);
        _underWay.Enqueue(request);
        cluster.Send(request);
        _part = _free.TryPop(out var free) ? free : new MessageWriter();
    }

    private async ValueTask TakeAnswerAsync()
    {
        await _underWay.Dequeue().Answer;
        var part = _sent.Dequeue();
        part.Clear();
        _free.Push(part);
    }

    private RemoteLoadPart SendEnd(bool isWanted)
    {
        var end = new MessageWriter();
        LoadMessage.WriteEnd(end, isWanted);
        var request = new RemoteLoadPart(MessageType.LoadEnd, end.Written);
        cluster.Send(request);
        return request;
    }
}
