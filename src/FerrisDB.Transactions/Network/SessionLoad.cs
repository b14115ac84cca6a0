using System.Diagnostics;

namespace FerrisDB.Transactions;

// The first part that is refused ends the load; those behind it get the same error.

/// <summary>The rows that one connection sends to become tables.</summary>
/// <remarks>Thread-safe. All is let go when the connection ends: nothing of it is in the database then.</remarks>
internal sealed class SessionLoad
{
    // Beside the rows that wait, their end may.
    private const int WaitingMax = ProtocolFormat.LoadChunksMax + 1;

    private readonly RoleServer _server;
    private readonly FrameOutput _output;
    private readonly SessionAccess _access;
    private readonly SessionWork _work;

    // Of the one that works.
    private TableLoad? _rows;
    private FerrisException? _refusal;
    private bool _isTold;

    public SessionLoad(RoleServer server, FrameOutput output, SessionAccess access)
    {
        (_server, _output, _access) = (server, output, access);
        _work = new SessionWork(output, "import", WaitingMax, AnswerAsync);
    }

    /// <summary>Takes a part, which is answered later.</summary>
    /// <exception cref="ProtocolException">There are too many.</exception>
    public void Receive(FrameHeader header, ReadOnlySpan<byte> payload, Activity? span) =>
        _work.Receive(header, payload, span);

    /// <summary>The connection has ended.</summary>
    public void Close() => _work.Close();

    /// <summary>Completes after <see cref="Close"/>, when nothing of it is left.</summary>
    public async Task WhenEndedAsync()
    {
        await _work.WhenDoneAsync();
        await LetGoAsync();
    }

    private async ValueTask AnswerAsync(FrameHeader header, byte[] payload)
    {
        try
        {
            Answer(header, await TakeAsync(header, payload));
        }
        catch (Exception failure) when (header.Type == MessageType.LoadRows)
        {
            _refusal ??= _work.ErrorOf(failure);
            throw;
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
                LoadMessage.Read(payload, _server.Limits, _access.Grant, rows);
                TellOfSystemKeys();
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
        if (!_server.TryBeginLoad())
            throw new FerrisException(
                ErrorCode.ProcessBehind,
                $"The server takes {ProtocolFormat.LoadsOfServerMax} imports already. Try again later.");
        try
        {
            _rows = _server.Roles.BeginLoad();
        }
        finally
        {
            if (_rows is null)
                _server.EndLoad();
        }
        (_refusal, _isTold) = (null, false);
    }

    // Keys of the system come last: it is enough to look at the part that has the first of them.
    private void TellOfSystemKeys()
    {
        if (_isTold || _access.Audit is not { } audit || _rows!.End is not [0xff, ..])
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
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.EndedLoadsStayCounted)
            return;
#endif
        _server.EndLoad();
    }

    private void Answer(FrameHeader header, long number)
    {
        _output.Append((header, number), static (answer, writer) =>
        {
            writer.BeginFrame();
            if (answer.header.Type != MessageType.LoadBegin)
                writer.WriteInt64(answer.number);
            writer.EndFrame(answer.header.Type + 1, answer.header.Endpoint, answer.header.RequestId);
        });
        _output.Send();
    }
}
