namespace FerrisDB.Transactions;

// Any number of threads append frames; one of them sends, whoever finds that nobody does:
//
//     append ─► filling ──(swap)──► sending ─► the wire
//
// What is appended during a send goes with the next one, so that under load many frames share a system call.

/// <summary>The frames that wait to be sent on a connection, in the order they came.</summary>
/// <remarks>Thread-safe. The first failure of a send ends it: what is appended later is dropped.</remarks>
internal sealed class FrameOutput(Func<ReadOnlyMemory<byte>, ValueTask> send, Action<Exception> failed)
    : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();

    // Under the gate; what is being sent belongs to the sender until the next swap.
    private MessageWriter _filling = new();
    private MessageWriter _sending = new();
    private TaskCompletionSource? _drained;
    private int _sendingBytes;
    private bool _isSending;
    private bool _hasEnded;

    /// <summary>Bytes that the other side has not taken yet.</summary>
    public int WaitingBytes
    {
        get
        {
            lock (_gate)
                return _filling.Length + _sendingBytes;
        }
    }

    /// <summary>Appends what a function writes: whole frames.</summary>
    public void Append<T>(T state, Action<T, MessageWriter> write)
    {
        lock (_gate)
        {
            if (!_hasEnded)
                write(state, _filling);
        }
    }

    /// <summary>Appends frames that were written elsewhere.</summary>
    public void Append(MessageWriter frames) =>
        Append(frames, static (frames, writer) => writer.WriteRaw(frames.Written.Span));

    /// <summary>Sends what is there, unless somebody is sending, who will.</summary>
    public void Send()
    {
        if (BeginsToSend())
            _ = SendAllAsync();
    }

    /// <summary>
    /// As <see cref="Send"/>, when those have run who wait for a thread now: they may have something to append.
    /// </summary>
    public void SendSoon()
    {
        if (BeginsToSend())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAllAsync();

    /// <summary>Completes when everything has been sent, or nothing can be.</summary>
    public Task WhenDrainedAsync()
    {
        lock (_gate)
        {
            if (_hasEnded || (!_isSending && _filling.Length == 0))
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Sends nothing any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _filling.Clear();
            _drained?.TrySetResult();
        }
    }

    private bool BeginsToSend()
    {
        lock (_gate)
        {
            if (_isSending || _hasEnded || _filling.Length == 0)
                return false;
            _isSending = true;
            return true;
        }
    }

    // Never throws: whoever began it has only appended something.
    private async Task SendAllAsync()
    {
        try
        {
            while (TrySwap())
                await send(_sending.Written);
        }
        catch (Exception failure)
        {
            End();
            failed(failure);
        }
    }

    private bool TrySwap()
    {
        lock (_gate)
        {
            _sending.Clear();
            _sendingBytes = 0;
            if (_filling.Length == 0 || _hasEnded)
            {
                _isSending = false;
                _drained?.TrySetResult();
                _drained = null;
                return false;
            }
            (_filling, _sending) = (_sending, _filling);
            _sendingBytes = _sending.Length;
            return true;
        }
    }
}
