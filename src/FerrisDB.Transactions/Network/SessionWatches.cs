namespace FerrisDB.Transactions;

/// <summary>The watches of one connection, by the requests that asked for them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SessionWatches(RoleServer server, FrameOutput output)
{
    private readonly Lock _gate = new();

    // Under the gate; null once the connection has ended.
    private Dictionary<ulong, Watch>? _byId = [];

    /// <summary>Arms a watch, and answers when it fires.</summary>
    public void Add(FrameHeader header, Watch watch)
    {
        lock (_gate)
        {
            if (_byId is null)
                return;
            if (_byId.Count >= ProtocolFormat.WatchesMax)
                throw new FerrisException(
                    ErrorCode.TooManyWatches, $"The connection has {_byId.Count} watches already.");
            if (server.Roles.Storage.Watches.Count >= ProtocolFormat.WatchesOfServerMax)
                throw new FerrisException(
                    ErrorCode.TooManyWatches, $"The server has {ProtocolFormat.WatchesOfServerMax} watches already.");
            if (!_byId.TryAdd(header.RequestId, watch))
                throw new ProtocolException($"The request id {header.RequestId} is in use.");
        }
        server.Roles.Storage.Watches.Add(watch);
        _ = AnswerAsync(header, watch);
    }

    public void Cancel(ulong requestId)
    {
        Watch? watch = null;
        lock (_gate)
            _byId?.Remove(requestId, out watch);
        if (watch is not null)
            server.Roles.Storage.Watches.Remove(watch);
    }

    /// <summary>Lets all go, and takes none any more.</summary>
    public void Clear()
    {
        Dictionary<ulong, Watch>? watches;
        lock (_gate)
            (watches, _byId) = (_byId, null);
        if (watches is null)
            return;
        foreach (var watch in watches.Values)
            server.Roles.Storage.Watches.Remove(watch);
    }

    private async Task AnswerAsync(FrameHeader header, Watch watch)
    {
        FerrisException? error = null;
        try
        {
            await watch.Changed;
        }
        catch (FerrisException failure)
        {
            error = failure;
        }
        lock (_gate)
        {
            if (_byId is null || !_byId.Remove(header.RequestId))
                return;
        }
        // A server that closes fails its watches with this; for their clients it is nothing but a lost connection.
        if (error?.Code == ErrorCode.TransactionCancelled)
            return;
        output.Append((header, error), static (answer, writer) => Write(answer.header, answer.error, writer));
        output.Send();
    }

    private static void Write(FrameHeader header, FerrisException? error, MessageWriter writer)
    {
        if (error is not null)
        {
            RoleSession.WriteError(writer, header, error);
            return;
        }
        writer.BeginFrame();
        writer.EndFrame(MessageType.Changed, header.Endpoint, header.RequestId);
    }
}
