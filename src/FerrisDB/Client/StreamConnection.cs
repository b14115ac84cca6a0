namespace FerrisDB;

/// <summary>A connection over a stream of bytes: a socket, plain or encrypted.</summary>
internal sealed class StreamConnection : IConnection
{
    private const int BufferBytes = 64 << 10;

    private readonly Stream _stream;
    private IFrameReceiver? _receiver;
    private Exception? _reason;
    private int _isTold;

    // What was received and not used up yet: of the thread that receives.
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _from;
    private int _to;

    public StreamConnection(Stream stream, Handshake peer)
    {
        _stream = stream;
        Peer = peer;
        Output = new FrameOutput(frames => stream.WriteAsync(frames), Close);
    }

    public Handshake Peer { get; }

    public FrameOutput Output { get; }

    public void Start(IFrameReceiver receiver)
    {
        Interlocked.Exchange(ref _receiver, receiver);
        if (Volatile.Read(ref _reason) is not null)
            Tell();
        else
            _ = ReceiveAsync(receiver);
    }

    public void Close(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return;
        Output.End();
        _stream.Dispose();
        Tell();
    }

    // Of a start and a close at the same time, each sees the other.
    private void Tell()
    {
        if (Volatile.Read(ref _receiver) is { } receiver && Interlocked.Exchange(ref _isTold, 1) == 0)
            receiver.Closed(this, _reason!);
    }

    // Never throws: it ends with the connection, and the receiver is told why.
    private async Task ReceiveAsync(IFrameReceiver receiver)
    {
        try
        {
            while (true)
            {
                var read = await _stream.ReadAsync(_buffer.AsMemory(_to));
                if (read == 0)
                    throw new ProtocolException("The server has closed the connection.");
                _to += read;
                MakeRoom(TakeFrames(receiver));
            }
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    // Returns the bytes of the frame of which a part is left; 0 if they are not known.
    private int TakeFrames(IFrameReceiver receiver)
    {
        while (true)
        {
            var left = _buffer.AsSpan(_from, _to - _from);
            var size = FrameHeader.SizeOfFrame(left);
            if (size == 0 || size > left.Length)
                return size;
            var frame = left[..size];
            receiver.Receive(this, FrameHeader.Read(frame), frame[ProtocolFormat.FrameHeaderSize..]);
            _from += size;
        }
    }

    private void MakeRoom(int frameBytes)
    {
        var left = _to - _from;
        var needed = Math.Max(frameBytes, BufferBytes / 2);
        if (left == 0)
        {
            (_from, _to) = (0, 0);
            if (_buffer.Length > 4 * BufferBytes)
                _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        }
        if (_buffer.Length - _from < needed)
        {
            var target = _buffer.Length < needed ? GC.AllocateUninitializedArray<byte>(needed + BufferBytes) : _buffer;
            _buffer.AsSpan(_from, left).CopyTo(target);
            _buffer = target;
            _from = 0;
            _to = left;
        }
    }
}
