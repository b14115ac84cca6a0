namespace FerrisDB.Transactions;

/// <summary>The ranges that a connection reads from begin to end, by the requests that began them.</summary>
/// <remarks>Thread-safe. Answers on the thread that receives, as other reads.</remarks>
internal sealed class SessionStreams(RoleServer server, AccessGrant access)
{
    private readonly Lock _gate = new();

    // Under the gate; null once the connection has ended.
    private Dictionary<ulong, RangeCursor>? _byId = [];

    public void Answer(FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer)
    {
        lock (_gate)
        {
            if (_byId is null)
                return;
            switch (header.Type)
            {
                case MessageType.StreamBegin:
                    Begin(header, payload, writer, _byId);
                    return;
                case MessageType.StreamNext:
                    Next(header, IdOf(payload), writer, _byId);
                    return;
                default:
                    if (_byId.Remove(IdOf(payload), out var ended))
                        ended.Dispose();
                    writer.BeginFrame();
                    writer.EndFrame(MessageType.StreamEnded, header.Endpoint, header.RequestId);
                    return;
            }
        }
    }

    /// <summary>Lets all go, and takes none any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_byId is null)
                return;
            foreach (var stream in _byId.Values)
                stream.Dispose();
            _byId = null;
        }
    }

    private static ulong IdOf(ReadOnlySpan<byte> payload) => (ulong)StorageMessage.ReadOnlyNumber(payload);

    private void Begin(
        FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer, Dictionary<ulong, RangeCursor> streams)
    {
        if (streams.Count >= ProtocolFormat.StreamsMax)
            throw new FerrisException(
                ErrorCode.ClientInvalidOperation, $"The connection reads {streams.Count} ranges already: end one.");
        if (streams.ContainsKey(header.RequestId))
            throw new ProtocolException($"The request id {header.RequestId} is in use.");
        var stream = StreamMessage.ReadBegin(payload, server.Roles.Engine, server.Limits, access);
        streams.Add(header.RequestId, stream);
        writer.BeginFrame();
        writer.WriteInt64(stream.Version);
        writer.EndFrame(MessageType.StreamBegun, header.Endpoint, header.RequestId);
    }

    private static void Next(
        FrameHeader header, ulong id, MessageWriter writer, Dictionary<ulong, RangeCursor> streams)
    {
        if (!streams.TryGetValue(id, out var stream))
            throw new FerrisException(
                ErrorCode.ConnectionFailed, "The connection that the range was read on is lost. Read it again.");
        writer.BeginFrame();
        writer.WriteByte(0);
        var more = false;
        try
        {
            more = stream.Read(ProtocolFormat.StreamChunkBytes, writer, static (writer, key, value) =>
            {
                writer.WriteBytes(key);
                writer.WriteBytes(value);
            });
        }
        catch
        {
            writer.AbandonFrame();
            throw;
        }
        writer.SetByte(0, more ? (byte)1 : (byte)0);
        writer.EndFrame(MessageType.StreamRows, header.Endpoint, header.RequestId);
    }
}
