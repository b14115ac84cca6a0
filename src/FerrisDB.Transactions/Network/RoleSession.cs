using System.Diagnostics;

namespace FerrisDB.Transactions;

// What can be answered at once is answered on the thread that receives, into a buffer of its own, and goes out when all
// that was received together has been looked at: many answers share one lock and one system call. What must wait (a
// commit, a watch, a version that is not there yet) answers by itself when it is done.

/// <summary>One connection of a <see cref="RoleServer"/>: what it asks, and what it waits for.</summary>
/// <remarks>Received from by one thread at a time. Its answers come from any.</remarks>
internal sealed class RoleSession(RoleServer server, FrameOutput output, SessionAccess access)
{
    private const int FreeMax = 1024;

    // Of a burst that asks for much, so much goes out while the rest is answered: the client has something to do, and
    // no buffer grows to the size of all answers.
    private const int PassOnBytes = 64 << 10;

    // When so much waits to be sent, the rest of the burst waits too.
    private const int AheadBytesMax = 512 << 10;

    private readonly MessageWriter _answers = new();
    private readonly ReadAnswers _reads = new(server, access.Grant);
    private readonly SessionWatches _watches = new(server, output);
    private readonly SessionStreams _streams = new(server, access.Grant);
    private readonly SessionBackup _backup = new(server, output, access);
    private readonly SessionLoad _load = new(server, output, access);
    private readonly SessionActivity _activity = new(server.Activity);
    private readonly Lock _gate = new();
    private readonly Stack<PendingReply> _free = new();

    // Of the thread that receives.
    private int _passedOn;
    private bool _isFarAhead;

    // Of the thread that receives, too: of the request that it looks at, until somebody takes it who answers later.
    private Activity? _span;

    // Under the gate.
    private TaskCompletionSource? _ready;
    private TaskCompletionSource? _idle;
    private int _requests;
    private long _requestBytes;

    public RoleServer Server => server;

    public FrameOutput Output => output;

    public SessionActivity Activity => _activity;

    public SessionAccess Access => access;

    /// <summary>Counts a request that is going to be received. False if it is too early for it.</summary>
    public bool TryBegin() => !_isFarAhead && (access.Usage is null || access.Usage.TryRequest());

    /// <summary>Takes a frame. What it answers at once goes out with <see cref="EndBurst"/>.</summary>
    /// <exception cref="ProtocolException">The connection must be closed.</exception>
    public void Receive(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _activity.Begin();
        if (header.IsTraced)
        {
            TraceMessage.Check(payload);
            _span = ServerSpans.Begin(header.Type, payload, server.Cluster);
            payload = payload[TraceMessage.SizeBytes..];
        }
        try
        {
            Dispatch(header, payload);
        }
        catch (FerrisException error)
        {
            _activity.CountError();
            ServerSpans.Fail(_span, error);
            WriteError(_answers, header, error);
        }
        if (_span is not null)
            ServerSpans.End(TakeSpan());
        if (_answers.Length < PassOnBytes)
            return;
        PassOn();
        output.Send();
        _isFarAhead = output.WaitingBytes > AheadBytesMax;
    }

    /// <summary>All that was received together has been taken.</summary>
    public void EndBurst()
    {
        if (_answers.Length > 0)
            PassOn();
        _activity.End(_reads.Rows, _passedOn, server.LastVersion);
        _reads.Rows = 0;
        _passedOn = 0;
        output.Send();
    }

    /// <summary>Completes when more may be received: when few enough requests and answers wait.</summary>
    public ValueTask WhenReadyAsync()
    {
        if (_isFarAhead || output.WaitingBytes > ProtocolFormat.ReplyBytesMax)
        {
            _isFarAhead = false;
            return new ValueTask(output.WhenDrainedAsync());
        }
        if (access.Usage?.WhenRequestAsync() is { IsCompleted: false } later)
            return new ValueTask(later);
        lock (_gate)
        {
            if (_requests < ProtocolFormat.RequestsMax && _requestBytes < ProtocolFormat.RequestBytesMax)
                return default;
            _ready ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_ready.Task);
        }
    }

    /// <summary>Completes when all requests are answered, or some time has passed.</summary>
    public async ValueTask WhenIdleAsync(TimeSpan timeout)
    {
        Task idle;
        lock (_gate)
        {
            if (_requests == 0)
                return;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }
        await Task.WhenAny(idle, Task.Delay(timeout, server.Clock));
    }

    /// <summary>
    /// The connection has ended: nobody waits for its watches, its backup or its load. Its commits go on.
    /// </summary>
    public void Close()
    {
        output.End();
        _watches.Clear();
        _streams.Clear();
        _backup.Close();
        _load.Close();
    }

    /// <summary>Completes after <see cref="Close"/>, when no file is held for it any more.</summary>
    public Task WhenEndedAsync() => Task.WhenAll(_backup.WhenEndedAsync(), _load.WhenEndedAsync());

    /// <summary>Counts a request that is done, and keeps what it worked with for the next one.</summary>
    public void End(PendingReply reply, int bytes)
    {
        TaskCompletionSource? ready = null;
        TaskCompletionSource? idle = null;
        ServerSpans.End(reply.Span);
        reply.Span = null;
        lock (_gate)
        {
            _requests--;
            _requestBytes -= bytes;
            if (_free.Count < FreeMax)
                _free.Push(reply);
            if (_requests < ProtocolFormat.RequestsMax && _requestBytes < ProtocolFormat.RequestBytesMax)
                (ready, _ready) = (_ready, null);
            if (_requests == 0)
                (idle, _idle) = (_idle, null);
        }
        if (bytes > 0)
            access.Usage?.EndCommit(bytes);
        ready?.SetResult();
        idle?.SetResult();
    }

    private void PassOn()
    {
        _passedOn += _answers.Length;
        output.Append(_answers);
        _answers.Clear();
    }

    public void WriteReadVersion(MessageWriter writer, FrameHeader header, bool isLockAware, Activity? span)
    {
        if (!server.Roles.GrvProxy.TryGetReadVersion(isLockAware, out var version, out var holder))
        {
            _activity.CountLateError();
            var error = DatabaseLock.Locked(holder);
            ServerSpans.Fail(span, error);
            WriteError(writer, header, error);
            return;
        }
        writer.BeginFrame();
        writer.WriteInt64(version);
        writer.EndFrame(MessageType.ReadVersion, header.Endpoint, header.RequestId);
    }

    public static void WriteError(MessageWriter writer, FrameHeader header, FerrisException error)
    {
        writer.BeginFrame();
        ErrorMessage.Write(writer, error);
        writer.EndFrame(MessageType.Error, header.Endpoint, header.RequestId);
    }

    private void Dispatch(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Endpoint > RoleEndpoint.CommitProxy)
            CheckAdmin(header, payload);
        switch (header.Endpoint, header.Type)
        {
            case (RoleEndpoint.StorageServer, MessageType.Get or MessageType.GetRange):
                Read(header, payload);
                return;
            case (RoleEndpoint.GrvProxy, MessageType.GetReadVersion):
                StartTransactions(header, payload);
                return;
            case (RoleEndpoint.CommitProxy, MessageType.Commit):
                Commit(header, payload);
                return;
            case (RoleEndpoint.StorageServer, MessageType.Watch):
                _watches.Add(header, StorageMessage.ReadWatch(payload, server.Limits, access.Grant));
                return;
            case (RoleEndpoint.StorageServer, MessageType.EstimateSize or MessageType.GetSplitPoints):
                _reads.AnswerSize(header, payload, _answers);
                return;
            case (RoleEndpoint.StorageServer, MessageType.StreamBegin or MessageType.StreamNext
                or MessageType.StreamEnd):
                _streams.Answer(header, payload, _answers);
                return;
            case (RoleEndpoint.Backup, MessageType.BackupBegin or MessageType.BackupHash or MessageType.BackupRead
                or MessageType.BackupEnd):
                _backup.Receive(header, payload, TakeSpan());
                return;
            case (RoleEndpoint.Load, MessageType.LoadBegin or MessageType.LoadRows or MessageType.LoadEnd):
                _load.Receive(header, payload, TakeSpan());
                return;
            case (RoleEndpoint.Admin, MessageType.GetReport or MessageType.Order):
                AdminMessage.Answer(header, payload, server.Admin, _answers);
                return;
            case (RoleEndpoint.Connection, MessageType.Ping):
                Answer(header, MessageType.Pong, server.LastVersion);
                return;
            case (RoleEndpoint.Connection, MessageType.Pong):
                return;
            case (RoleEndpoint.Connection, MessageType.Cancel):
                _watches.Cancel(header.RequestId);
                return;
            default:
                throw new ProtocolException(
                    $"There is no message {(int)header.Type} to the endpoint {(int)header.Endpoint}.");
        }
    }

    private void Read(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Type == MessageType.Get)
            _activity.CountGet(payload);
        else
            _activity.CountRange(payload);
        var rows = _reads.Rows;
        if (!_reads.TryAnswer(header, payload, _answers))
            Begin().ReadLater(header, payload);
        else if (header.Type == MessageType.GetRange)
            ServerSpans.TellRows(_span, _reads.Rows - rows);
    }

    // What is no request of a transaction is an admin's, unless somebody says otherwise here.
    private void CheckAdmin(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header is { Endpoint: RoleEndpoint.Admin, Type: MessageType.GetReport })
        {
            access.Grant.CheckWhole("a report of the server");
            return;
        }
        // Each row is looked at when it is taken.
        if (header.Endpoint == RoleEndpoint.Load
            && header.Type is MessageType.LoadBegin or MessageType.LoadRows or MessageType.LoadEnd)
        {
            access.Grant.CheckWrites();
            return;
        }
        access.Grant.CheckAdmin(header.Endpoint switch
        {
            RoleEndpoint.Admin => "an order to the server",
            RoleEndpoint.Backup => "a backup",
            _ => $"{header.Type} to {header.Endpoint}",
        });
        if (header.Type == MessageType.BackupBegin)
            access.Audit?.Invoke("backup", "all files");
        else if (header is { Endpoint: RoleEndpoint.Admin, Type: MessageType.Order })
            access.Audit?.Invoke("order", AdminMessage.Describe(payload));
    }

    private void Answer(FrameHeader header, MessageType type, long number)
    {
        _answers.BeginFrame();
        _answers.WriteInt64(number);
        _answers.EndFrame(type, header.Endpoint, header.RequestId);
    }

    private void StartTransactions(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var count = StartMessage.Read(
            payload, server.Tags, out var priority, out var isLockAware, out var throttle);
        if (throttle is not null && !MayStart(throttle, priority, count))
        {
            var reply = Begin().ToStart(header, count, isLockAware);
            throttle.Wait(count, new TaggedStart(server.Starts, priority, count, reply));
            return;
        }
        if (!server.Starts.TryStart(priority, count))
        {
            server.Starts.Wait(priority, count, Begin().ToStart(header, count, isLockAware));
            return;
        }
        _activity.CountReadVersions(count);
        WriteReadVersion(_answers, header, isLockAware, _span);
    }

    private void Commit(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        access.Usage?.BeginCommit(payload.Length);
        var reply = Begin(payload.Length);
        try
        {
            reply.Read(header, payload);
        }
        catch (Exception error) when (error is FerrisException or ProtocolException)
        {
            (_span, reply.Span) = (reply.Span, null);
            End(reply, payload.Length);
            throw;
        }
        // What has read nothing begins here.
        if (!reply.HasStarted && reply.Throttle is { } throttle && !MayStart(throttle, reply.Priority, 1))
            throttle.Wait(1, new TaggedStart(server.Starts, reply.Priority, 1, reply));
        else if (reply.HasStarted || server.Starts.TryStart(reply.Priority, 1))
            reply.Commit();
        else
            server.Starts.Wait(reply.Priority, 1, reply);
    }

    private static bool MayStart(TagThrottle throttle, TransactionPriority priority, int count) =>
        priority == TransactionPriority.Immediate || throttle.TryStart(count);

    private PendingReply Begin(int bytes = 0)
    {
        PendingReply? reply;
        lock (_gate)
        {
            _requests++;
            _requestBytes += bytes;
            _free.TryPop(out reply);
        }
        reply ??= new PendingReply(this);
        reply.Span = TakeSpan();
        return reply;
    }

    private Activity? TakeSpan()
    {
        var span = _span;
        _span = null;
        return span;
    }
}
