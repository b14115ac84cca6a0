using System.Collections.Concurrent;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>A network without sockets: each send is a call of the other side. It can be cut at will.</summary>
internal sealed class LoopNetwork(RoleServer roles, string cluster) : INetwork
{
    private readonly ConcurrentQueue<Task> _ended = new();
    private LoopConnection? _last;
    private long _framesLeft = long.MaxValue;

    /// <summary>Connections that were made.</summary>
    public int Connections { get; private set; }

    public ValueTask<IConnection> ConnectAsync(
        NetworkAddress address, Handshake own, CancellationToken cancellationToken)
    {
        Connections++;
        var answer = Handshake.Decode(own.Encode()).Answer(cluster, roles.LastVersion);
        _last = new LoopConnection(this, roles, Handshake.Decode(answer.Encode()));
        return ValueTask.FromResult<IConnection>(_last);
    }

    /// <summary>The connection is cut instead of the next frame after so many, of either side.</summary>
    public void CutAfterFrames(long frames) => Volatile.Write(ref _framesLeft, frames);

    /// <summary>That has happened.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Completes when the server has let go what it held for the connections that were cut.</summary>
    public Task WhenEndedAsync() => Task.WhenAll(_ended);

    /// <summary>Cuts the last connection.</summary>
    public void Cut() => _last?.Close(new IOException("The connection was cut."));

    // One frame is lost; the connections after that are whole.
    private bool TryPass()
    {
        if (Interlocked.Decrement(ref _framesLeft) != -1)
            return true;
        Volatile.Write(ref _framesLeft, long.MaxValue);
        IsCut = true;
        return false;
    }

    private sealed class LoopConnection : IConnection
    {
        private readonly LoopNetwork _network;
        private readonly RoleSession _session;
        private readonly FrameOutput _answers;
        private IFrameReceiver? _receiver;
        private int _isClosed;

        public LoopConnection(LoopNetwork network, RoleServer roles, Handshake peer)
        {
            _network = network;
            Peer = peer;
            _answers = new FrameOutput(Return, Close);
            _session = roles.Open(_answers, SessionAccess.Everything);
            Output = new FrameOutput(Deliver, Close);
        }

        public Handshake Peer { get; }

        public FrameOutput Output { get; }

        public void Start(IFrameReceiver receiver) => _receiver = receiver;

        public void Close(Exception reason)
        {
            if (Interlocked.Exchange(ref _isClosed, 1) != 0)
                return;
            Output.End();
            _session.Close();
            _network._ended.Enqueue(_session.WhenEndedAsync());
            _receiver?.Closed(this, reason);
        }

        private ValueTask Deliver(ReadOnlyMemory<byte> frames)
        {
            ForEach(frames, _session.Receive);
            _session.EndBurst();
            return default;
        }

        private ValueTask Return(ReadOnlyMemory<byte> frames)
        {
            ForEach(frames, (header, payload) => _receiver!.Receive(this, header, payload));
            return default;
        }

        private void ForEach(ReadOnlyMemory<byte> frames, Receiver receive)
        {
            for (var left = frames.Span; !left.IsEmpty && Volatile.Read(ref _isClosed) == 0;)
            {
                if (!_network.TryPass())
                {
                    Close(new IOException("The connection was cut."));
                    return;
                }
                var frame = left[..FrameHeader.SizeOfFrame(left)];
                receive(FrameHeader.Read(frame), frame[ProtocolFormat.FrameHeaderSize..]);
                left = left[frame.Length..];
            }
        }

        private delegate void Receiver(FrameHeader header, ReadOnlySpan<byte> payload);
    }
}
