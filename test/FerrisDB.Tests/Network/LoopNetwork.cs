using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>A network without sockets: each send is a call of the other side. It can be cut at will.</summary>
internal sealed class LoopNetwork(RoleServer roles, string cluster) : INetwork
{
    private LoopConnection? _last;

    /// <summary>Connections that were made.</summary>
    public int Connections { get; private set; }

    public ValueTask<IConnection> ConnectAsync(
        NetworkAddress address, Handshake own, CancellationToken cancellationToken)
    {
        Connections++;
        var answer = Handshake.Decode(own.Encode()).Answer(cluster, roles.LastVersion);
        _last = new LoopConnection(roles, Handshake.Decode(answer.Encode()));
        return ValueTask.FromResult<IConnection>(_last);
    }

    /// <summary>Cuts the last connection.</summary>
    public void Cut() => _last?.Close(new IOException("The connection was cut."));

    private sealed class LoopConnection : IConnection
    {
        private readonly RoleSession _session;
        private readonly FrameOutput _answers;
        private IFrameReceiver? _receiver;
        private int _isClosed;

        public LoopConnection(RoleServer roles, Handshake peer)
        {
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

        private static void ForEach(ReadOnlyMemory<byte> frames, Receiver receive)
        {
            for (var left = frames.Span; !left.IsEmpty;)
            {
                var frame = left[..FrameHeader.SizeOfFrame(left)];
                receive(FrameHeader.Read(frame), frame[ProtocolFormat.FrameHeaderSize..]);
                left = left[frame.Length..];
            }
        }

        private delegate void Receiver(FrameHeader header, ReadOnlySpan<byte> payload);
    }
}
