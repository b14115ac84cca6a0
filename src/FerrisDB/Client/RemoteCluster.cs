using System.Buffers;

namespace FerrisDB;

// Every request that is not answered yet is in one table, by its number. Whoever takes it out answers it: the thread
// that receives, or the one that looks after those who wait too long. When the connection is lost, all that is in the
// table is sent again on the next one: reads may be asked twice, watches say what they have seen, and commits have ids.
//
//     callers ──► pending ──► connection ──► server
//                   ▲             │ lost
//                   └─── again ◄──┘

/// <summary>The roles of a cluster, reached by messages.</summary>
/// <remarks>Thread-safe. Connects when the first request comes.</remarks>
internal sealed class RemoteCluster : ICluster, IFrameReceiver
{
    // With so few requests under way, none waits for others to share its system call.
    private const int AloneMax = 4;

    private readonly RemoteOptions _options;
    private readonly RemoteConnector _connector;
    private readonly ReadVersionBatches[] _readVersions;
    private readonly Lock _gate = new();

    // Under the gate.
    private readonly Dictionary<ulong, RemoteRequest> _pending = [];
    private readonly CommitSlots _slots;
    private IConnection? _connection;
    private ulong _lastRequest;
    private bool _isConnecting;
    private bool _isLookedAfter;
    private bool _isDisposed;

    // The newest version that a server has told, and when one has told anything.
    private long _lastVersion;
    private long _heardAt;

    public RemoteCluster(ConnectionString where, INetwork network, RemoteOptions options)
    {
        Where = where;
        _options = options;
        _slots = new CommitSlots(options.ClientId);
        _connector = new RemoteConnector(where, network, options);
        _readVersions = [.. Enum.GetValues<TransactionPriority>().SelectMany(
            priority => new[] { NewBatches(priority, isLockAware: false), NewBatches(priority, isLockAware: true) })];
    }

    /// <summary>The cluster.</summary>
    public ConnectionString Where { get; }

    // Who shares an answer would share the span.
    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware) =>
        TraceMessage.Caller is null
            ? _readVersions[(2 * (int)priority) + (isLockAware ? 1 : 0)].GetAsync()
            : GetReadVersionAsync(priority, isLockAware, []);

    // Each asks for itself: who shares an answer would share the waiting.
    public ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority, bool isLockAware, IReadOnlyList<TransactionTag> tags)
    {
        var request = new RemoteReadVersion(priority, isLockAware, 1, tags);
        Send(request);
        return request.Answer;
    }

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at)
    {
        var request = new RemoteGet(key.ToArray(), at.Version);
        Send(request);
        return request.Answer;
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination) =>
        CopyAsync(GetAsync(key, at), destination);

    public ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        var asking = new RemoteGetRange(request, at.Version, rows);
        Send(asking);
        return asking.Answer;
    }

    public ValueTask CommitAsync(CommitTransaction transaction, Durability durability)
    {
        var request = new RemoteCommit(transaction, durability);
        Send(request);
        return request.Done;
    }

    public void AddWatch(Watch watch) => Send(new RemoteWatch(watch));

    public void RemoveWatch(Watch watch)
    {
        IConnection? connection;
        RemoteRequest? found;
        lock (_gate)
        {
            if (!_pending.TryGetValue(watch.RequestId, out found)
                || found is not RemoteWatch armed || armed.Watch != watch)
                return;
            _pending.Remove(found.Id);
            connection = _connection;
        }
        connection?.Output.Append(found.Id, static (id, writer) =>
        {
            writer.BeginFrame();
            writer.EndFrame(MessageType.Cancel, RoleEndpoint.Connection, id);
        });
        connection?.Output.Send();
    }

    public ValueTask<long> EstimateSizeBytesAsync(KeyRange range)
    {
        var request = new RemoteSize(range);
        Send(request);
        return request.Answer;
    }

    public ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes)
    {
        var request = new RemoteSplitPoints(range, chunkBytes);
        Send(request);
        return request.Answer;
    }

    /// <summary>Begins to read all rows of a range.</summary>
    public async ValueTask<IRowPages> OpenRowsAsync(KeyRange range, bool reverse, bool keysOnly)
    {
        var request = new RemoteStreamBegin(range, reverse, keysOnly);
        Send(request);
        var version = await request.Answer;
        return new RemoteRowPages(this, request.Id, version);
    }

    /// <summary>Begins to send rows that become tables.</summary>
    public async ValueTask<ISortedRows> BeginSortedImportAsync()
    {
        var request = new RemoteLoadPart(MessageType.LoadBegin, default);
        Send(request);
        await request.Answer;
        return new RemoteSortedRows(this);
    }

    /// <summary>Makes a backup of what the server has, in a place that this process reaches.</summary>
    public ValueTask<BackupResult> BackupAsync(
        BackupTarget target, BackupOptions options, CancellationToken cancellationToken) =>
        RemoteBackup.RunAsync(AskOfBackup, target, options, cancellationToken);

    /// <summary>Keeps the server's log in backups, until it is cancelled.</summary>
    public ValueTask ArchiveAsync(
        BackupTarget target, ArchiveOptions options, CancellationToken cancellationToken) =>
        OpenArchive().ArchiveAsync(target, options, _options.Clock, cancellationToken);

    /// <summary>The server's log, for somebody who keeps it in backups.</summary>
    public RemoteBackup OpenArchive() => new(AskOfBackup);

    /// <summary>How a server is, as a document.</summary>
    public ValueTask<byte[]> AskReportAsync(ReportKind kind)
    {
        var request = new RemoteReport(kind);
        Send(request);
        return request.Answer;
    }

    /// <summary>Tells a server to do something. Returns what it says about that.</summary>
    public ValueTask<string> OrderAsync(AdminOrder order, string argument)
    {
        var request = new RemoteOrder(order, argument);
        Send(request);
        return request.Answer;
    }

    public ValueTask DisposeAsync()
    {
        IConnection? connection;
        RemoteRequest[] pending;
        lock (_gate)
        {
            _isDisposed = true;
            (connection, _connection) = (_connection, null);
            pending = [.. _pending.Values];
            _pending.Clear();
        }
        var closed = new FerrisException(ErrorCode.TransactionCancelled, "The database was closed.");
        _connector.Dispose();
        connection?.Close(closed);
        foreach (var request in pending)
            request.Fail(closed);
        return ValueTask.CompletedTask;
    }

    void IFrameReceiver.Receive(IConnection connection, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Volatile.Write(ref _heardAt, _options.Clock.GetTimestamp());
        if (header.IsTraced)
            throw new ProtocolException("An answer says that it is traced.");
        if (header.Type == MessageType.Pong)
        {
            Learn(StorageMessage.ReadOnlyNumber(payload));
            return;
        }
        RemoteRequest? request;
        lock (_gate)
        {
            // Of a request that nobody waits for any more, the answer is nobody's.
            if (!_pending.Remove(header.RequestId, out request))
                return;
            ReturnSlot(request, header.Type);
        }
        try
        {
            Learn(request.Complete(header.Type, payload));
        }
        catch (ProtocolException wrong)
        {
            request.Fail(request.TimedOut(wrong.Message));
            throw;
        }
    }

    void IFrameReceiver.Closed(IConnection connection, Exception reason)
    {
        List<(RemoteRequest Request, FerrisException Error)> lost = [];
        bool connects;
        lock (_gate)
        {
            if (connection != _connection)
                return;
            _connection = null;
            foreach (var request in _pending.Values)
            {
                if (request.WasSent && request.Lost() is { } error)
                    lost.Add((request, error));
            }
            foreach (var (request, _) in lost)
                _pending.Remove(request.Id);
            connects = BeginsToConnect();
        }
        _connector.Note(reason);
        foreach (var (request, error) in lost)
            request.Fail(error);
        if (connects)
            _ = ConnectAsync();
    }

    private static async ValueTask<bool> CopyAsync(ValueTask<byte[]?> getting, IBufferWriter<byte> destination)
    {
        if (await getting is not { } value)
            return false;
        destination.Write(value);
        return true;
    }

    /// <summary>Sends a request, which has its answer later.</summary>
    public void Send(RemoteRequest request)
    {
        IConnection? connection = null;
        var connects = false;
        var looksAfter = false;
        var isAlone = true;
        FerrisException? refusal = null;
        // A watch may wait for days: longer than anybody's span.
        if (request is not RemoteWatch)
            request.Caller = TraceMessage.Caller;
        lock (_gate)
        {
            if (_isDisposed)
            {
                refusal = new FerrisException(ErrorCode.TransactionCancelled, "The database was closed.");
            }
            else
            {
                request.Id = ++_lastRequest;
                if (_options.AnswersInline)
                    request.AnswerInline();
                if (request is RemoteWatch armed)
                    armed.Watch.RequestId = request.Id;
                request.BegunAt = _options.Clock.GetTimestamp();
                _pending.Add(request.Id, request);
                connection = _connection;
                isAlone = _pending.Count <= AloneMax;
                if (connection is not null)
                    refusal = TryPass(request, connection);
                connects = BeginsToConnect();
                looksAfter = !_isLookedAfter;
                _isLookedAfter = true;
            }
        }
        if (refusal is not null)
            request.Fail(refusal);
        if (isAlone)
            connection?.Output.Send();
        else
            connection?.Output.SendSoon();
        if (connects)
            _ = ConnectAsync();
        if (looksAfter)
            _ = LookAfterAsync();
    }

    // Under the gate. Returns why it cannot be sent at all.
    private FerrisException? TryPass(RemoteRequest request, IConnection connection)
    {
        try
        {
            if (request is RemoteCommit { Transaction: { Id.IsNone: true } transaction } && _options.HasIdempotency)
                transaction.Id = _slots.Take(Volatile.Read(ref _lastVersion));
            connection.Output.Append(request, static (request, writer) => request.Write(writer));
            request.WasSent = true;
            return null;
        }
        catch (FerrisException tooLarge)
        {
            _pending.Remove(request.Id);
            return tooLarge;
        }
    }

    // Under the gate. Of one that was sent again, earlier attempts may still be under way.
    private void ReturnSlot(RemoteRequest answered, MessageType answer)
    {
        if (answer != MessageType.Decision || answered is not RemoteCommit { Transaction: var transaction })
            return;
        if (transaction.Attempt == 0 && !transaction.Id.IsNone)
            _slots.Return(transaction.Id);
    }

    // Under the gate.
    private bool BeginsToConnect()
    {
        if (_isConnecting || _connection is not null || _pending.Count == 0 || _isDisposed)
            return false;
        _isConnecting = true;
        return true;
    }

    private async Task ConnectAsync()
    {
        IConnection? connection;
        try
        {
            connection = await _connector.ConnectAsync(IsWanted);
        }
        catch (FerrisException refusal)
        {
            FailAll(refusal);
            return;
        }
        if (connection is null)
            return;
        // Of a database that was restored the versions may be older than those that are known.
        Volatile.Write(ref _lastVersion, connection.Peer.LastVersion);
        Volatile.Write(ref _heardAt, _options.Clock.GetTimestamp());
        List<(RemoteRequest Request, FerrisException Error)> refused = [];
        bool isDisposed;
        lock (_gate)
        {
            isDisposed = _isDisposed;
            _isConnecting = false;
            if (!isDisposed)
                _connection = connection;
            foreach (var request in isDisposed ? [] : _pending.Values.ToArray())
            {
                if (TryPass(request, connection) is { } error)
                    refused.Add((request, error));
            }
        }
        if (isDisposed)
        {
            connection.Close(new ObjectDisposedException(nameof(RemoteCluster)));
            return;
        }
        connection.Start(this);
        connection.Output.Send();
        foreach (var (request, error) in refused)
            request.Fail(error);
    }

    // Nobody has to wait for what will not come. The next request tries again.
    private void FailAll(FerrisException refusal)
    {
        RemoteRequest[] pending;
        lock (_gate)
        {
            _isConnecting = false;
            pending = [.. _pending.Values];
            foreach (var request in pending)
                _pending.Remove(request.Id);
        }
        _connector.Note(refusal);
        foreach (var request in pending)
            request.Fail(request.Refused(refusal));
    }

    // False ends the attempts to connect: then the next request begins new ones.
    private bool IsWanted()
    {
        lock (_gate)
        {
            _isConnecting = _pending.Count > 0 && !_isDisposed;
            return _isConnecting;
        }
    }

    // Runs while there is a connection, or somebody who waits for one.
    private async Task LookAfterAsync()
    {
        while (true)
        {
            await Task.Delay(_options.Step, _options.Clock);
            List<RemoteRequest> late = [];
            IConnection? connection;
            var heardAt = Volatile.Read(ref _heardAt);
            lock (_gate)
            {
                connection = _connection;
                if (_isDisposed || (connection is null && _pending.Count == 0))
                {
                    _isLookedAfter = false;
                    return;
                }
                // While the server is alive, what takes long just takes long.
                foreach (var request in _pending.Values)
                {
                    var since = Math.Max(request.BegunAt, heardAt);
                    if (!request.IsPatient && _options.Clock.GetElapsedTime(since) > _options.RequestTimeout)
                        late.Add(request);
                }
                foreach (var request in late)
                    _pending.Remove(request.Id);
            }
            foreach (var request in late)
                request.Fail(request.TimedOut(_connector.Tell(connection is not null)));
            if (connection is not null)
                CheckAlive(connection, _options.Clock.GetElapsedTime(heardAt));
        }
    }

    private void CheckAlive(IConnection connection, TimeSpan silence)
    {
        if (silence > _options.SilenceMax)
        {
            connection.Close(new FerrisException(
                ErrorCode.ConnectionFailed, $"The server has been silent for {silence.TotalSeconds:0.0} s."));
        }
        else if (silence > _options.PingAfter)
        {
            connection.Output.Append(0UL, static (id, writer) =>
            {
                writer.BeginFrame();
                writer.EndFrame(MessageType.Ping, RoleEndpoint.Connection, id);
            });
            connection.Output.Send();
        }
    }

    private ReadVersionBatches NewBatches(TransactionPriority priority, bool isLockAware) =>
        new(count => AskReadVersionAsync(priority, isLockAware, count), _options.AnswersInline);

    private async ValueTask<long> AskReadVersionAsync(TransactionPriority priority, bool isLockAware, int count)
    {
        var request = new RemoteReadVersion(priority, isLockAware, count, []);
        Send(request);
        return await request.Answer;
    }

    private ValueTask<byte[]> AskOfBackup(MessageType type, ReadOnlyMemory<byte> payload)
    {
        var question = new RemoteBackupQuestion(type, payload);
        Send(question);
        return question.Answer;
    }

    private void Learn(long version)
    {
        for (var known = Volatile.Read(ref _lastVersion); version > known;)
            known = Interlocked.CompareExchange(ref _lastVersion, version, known) is var seen && seen == known
                ? version
                : seen;
    }
}
