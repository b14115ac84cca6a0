namespace FerrisDB.Transactions;

// Parts are taken one after the other, away from the thread that receives: they go to the disk. How many are under way
// is the client's choice, up to a limit. The first that is refused ends the load; those behind it get the same error.

/// <summary>The rows that one connection sends to become tables.</summary>
/// <remarks>Thread-safe. All is let go when the connection ends: nothing of it is in the database then.</remarks>
internal sealed class SessionLoad(RoleServer server, FrameOutput output, SessionAccess access)
{
    private readonly Lock _gate = new();
    private readonly Queue<(FrameHeader Header, byte[] Payload)> _parts = new();

    // Under the gate.
    private Task _working = Task.CompletedTask;
    private bool _isWorking;
    private bool _isClosed;

    // Of the one that works.
    private TableLoad? _rows;
    private FerrisException? _refusal;
    private bool _isTold;

    /// <summary>Takes a part, which is answered later.</summary>
    /// <exception cref="ProtocolException">There are too many.</exception>
    public void Receive(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_parts.Count > ProtocolFormat.LoadChunksMax)
                throw new ProtocolException($"A load has more than {ProtocolFormat.LoadChunksMax} parts under way.");
            _parts.Enqueue((header, payload.ToArray()));
            if (_isWorking || _isClosed)
                return;
            _isWorking = true;
            _working = WorkAsync();
        }
    }

    /// <summary>The connection has ended.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    /// <summary>Completes after <see cref="Close"/>, when nothing of it is left.</summary>
    public async Task WhenEndedAsync()
    {
        Task working;
        lock (_gate)
            working = _working;
        await working;
        await LetGoAsync();
    }

    private async Task WorkAsync()
    {
        await Task.Yield();
        while (TryNext(out var header, out var payload))
        {
            try
            {
                Answer(header, await TakeAsync(header, payload));
            }
            catch (Exception failure)
            {
                Fail(header, failure);
            }
        }
    }

    private bool TryNext(out FrameHeader header, out byte[] payload)
    {
        (header, payload) = (default, []);
        lock (_gate)
        {
            _isWorking = _parts.Count > 0 && !_isClosed;
            if (_isWorking)
                (header, payload) = _parts.Dequeue();
            return _isWorking;
        }
    }

    private async ValueTask<long> TakeAsync(FrameHeader header, byte[] payload)
    {
        switch (header.Type)
        {
            case MessageType.LoadBegin:
                Begin();
                return 0;
            case MessageType.LoadRows:
                var rows = Rows;
                LoadMessage.Read(payload, server.Limits, access.Grant, rows);
                TellOfSystemKeys(payload);
                return rows.Count;
            default:
                return await EndAsync(LoadMessage.ReadEnd(payload));
        }
    }

    private TableLoad Rows => _refusal is not null ? throw new FerrisException(_refusal.Code, _refusal.Message)
        : _rows ?? throw new FerrisException(
            ErrorCode.ConnectionFailed, "The connection that the import was begun on is lost. Run it again.");

    private void Begin()
    {
        if (_rows is not null)
            throw new FerrisException(
                ErrorCode.ClientInvalidOperation, "The connection has an import under way already: end it.");
        if (!server.TryBeginLoad())
            throw new FerrisException(
                ErrorCode.ProcessBehind,
                $"The server takes {ProtocolFormat.LoadsOfServerMax} imports already. Try again later.");
        try
        {
            _rows = server.Roles.BeginLoad();
        }
        finally
        {
            if (_rows is null)
                server.EndLoad();
        }
        (_refusal, _isTold) = (null, false);
    }

    // Keys of the system come last: it is enough to look at the part that has the first of them.
    private void TellOfSystemKeys(byte[] payload)
    {
        if (_isTold || access.Audit is not { } audit || _rows!.End is not [0xff, ..])
            return;
        audit("write-system-keys", $"an import of {_rows.Count} rows, up to {KeyText.Of(_rows.End)}");
        _isTold = true;
    }

    private async ValueTask<long> EndAsync(bool isWanted)
    {
        try
        {
            return isWanted ? await Rows.CommitAsync() : 0;
        }
        finally
        {
            await LetGoAsync();
        }
    }

    private async ValueTask LetGoAsync()
    {
        if (_rows is null)
            return;
        await _rows.DisposeAsync();
        _rows = null;
        server.EndLoad();
    }

    private void Answer(FrameHeader header, long number)
    {
        output.Append((header, number), static (answer, writer) =>
        {
            writer.BeginFrame();
            if (answer.header.Type != MessageType.LoadBegin)
                writer.WriteInt64(answer.number);
            writer.EndFrame(answer.header.Type + 1, answer.header.Endpoint, answer.header.RequestId);
        });
        output.Send();
    }

    // If the connection has ended meanwhile, nobody gets it.
    private void Fail(FrameHeader header, Exception failure)
    {
        var error = failure as FerrisException ?? new FerrisException(
            failure is ProtocolException ? ErrorCode.ClientInvalidOperation : ErrorCode.IoError,
            $"The import has failed: {failure.Message}", failure);
        if (header.Type == MessageType.LoadRows)
            _refusal ??= error;
        output.Append((header, error), static (answer, writer) =>
            RoleSession.WriteError(writer, answer.header, answer.error));
        output.Send();
    }
}
