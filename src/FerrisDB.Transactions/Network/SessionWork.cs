using System.Diagnostics;

namespace FerrisDB.Transactions;

/// <summary>
/// Requests of one connection that take as long as a disk: answered one after the other, away from the thread that
/// receives.
/// </summary>
/// <remarks>
/// Thread-safe. How many are under way is the client's choice, up to a limit; what it does not take from the wire makes
/// the next one wait.
/// </remarks>
/// <param name="output">Where errors go.</param>
/// <param name="what">What they are part of, as errors call it.</param>
/// <param name="waitingMax">Requests that may wait.</param>
/// <param name="answer">Answers one; what it throws is answered here.</param>
internal sealed class SessionWork(
    FrameOutput output, string what, int waitingMax, Func<FrameHeader, byte[], ValueTask> answer)
{
    private readonly Lock _gate = new();
    private readonly Queue<(FrameHeader Header, byte[] Payload, Activity? Span)> _requests = new();

    // Under the gate.
    private Task _working = Task.CompletedTask;
    private bool _isWorking;
    private bool _isClosed;

    /// <summary>Takes a request, which is answered later, and its span.</summary>
    /// <exception cref="ProtocolException">There are too many.</exception>
    public void Receive(FrameHeader header, ReadOnlySpan<byte> payload, Activity? span)
    {
        lock (_gate)
        {
            if (_requests.Count >= waitingMax)
                throw new ProtocolException($"The {what} has more than {waitingMax} requests under way.");
            _requests.Enqueue((header, payload.ToArray(), span));
            if (_isWorking || _isClosed)
                return;
            _isWorking = true;
            _working = WorkAsync();
        }
    }

    /// <summary>The connection has ended: nothing that waits is begun any more.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    /// <summary>Completes after <see cref="Close"/>, when what was begun is done.</summary>
    public Task WhenDoneAsync()
    {
        lock (_gate)
            return _working;
    }

    /// <summary>What a client is told of a failure.</summary>
    public FerrisException ErrorOf(Exception failure) => failure as FerrisException ?? new FerrisException(
        failure is ProtocolException ? ErrorCode.ClientInvalidOperation : ErrorCode.IoError,
        $"The {what} has failed: {failure.Message}", failure);

    private async Task WorkAsync()
    {
        await Task.Yield();
        while (TryNext(out var header, out var payload, out var span))
        {
            try
            {
                await answer(header, payload);
            }
            catch (Exception failure)
            {
                // If the connection has ended meanwhile, nobody gets it.
                var error = ErrorOf(failure);
                ServerSpans.Fail(span, error);
                Fail(header, error);
            }
            ServerSpans.End(span);
            if (output.WaitingBytes > ProtocolFormat.ReplyBytesMax)
                await output.WhenDrainedAsync();
        }
    }

    private bool TryNext(out FrameHeader header, out byte[] payload, out Activity? span)
    {
        (header, payload, span) = (default, [], null);
        lock (_gate)
        {
            _isWorking = _requests.Count > 0 && !_isClosed;
            if (_isWorking)
                (header, payload, span) = _requests.Dequeue();
            return _isWorking;
        }
    }

    private void Fail(FrameHeader header, FerrisException error)
    {
        output.Append((header, error), static (answer, writer) =>
            RoleSession.WriteError(writer, answer.header, answer.error));
        output.Send();
    }
}
