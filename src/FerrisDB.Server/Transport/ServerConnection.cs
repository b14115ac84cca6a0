using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FerrisDB.Server;

/// <summary>One connection: frames in, frames out.</summary>
internal sealed class ServerConnection
{
    private readonly ConnectionContext _context;
    private readonly ConnectionTable _table;
    private readonly ServerOptions _options;
    private readonly PipeReader _input;
    private readonly FrameOutput _output;

    // Written by the thread that receives, read by the one that looks after connections.
    private long _heardAt;
    private long _waitsSince;
    private volatile bool _isOpen;
    private volatile Admission? _admission;
    private volatile bool _isStopping;

    private byte[] _scattered = [];

    public ServerConnection(ConnectionContext context, ConnectionTable table)
    {
        _context = context;
        _table = table;
        _options = table.Options;
        _input = context.Transport.Input;
        _output = new FrameOutput(SendAsync, failure => Abort(failure.Message));
        _heardAt = _options.TimeProvider.GetTimestamp();
    }

    /// <summary>Serves until the client, the network or the server ends it.</summary>
    public async Task RunAsync()
    {
        using var stopping = OnStop(Stop);
        RoleSession? session = null;
        try
        {
            if (!await TryShakeHandsAsync())
                return;
            session = _table.Roles.Open(_output, _admission!.Access!);
            _isOpen = true;
            await ReceiveAsync(session);
            await session.WhenIdleAsync(_options.StopTimeout);
            await _output.WhenDrainedAsync();
        }
        catch (Exception failure) when (failure is ProtocolException or IOException or ConnectionAbortedException
            or ConnectionResetException or ObjectDisposedException or OperationCanceledException)
        {
            Abort(failure.Message);
        }
        finally
        {
            _output.End();
            if (session is not null)
            {
                session.Close();
                // Of a connection that broke the commits go on: what they need must not be taken away meanwhile.
                await session.WhenIdleAsync(_options.StopTimeout);
                await session.WhenEndedAsync();
            }
            if (_admission is { } admission)
                _table.Leave(admission);
        }
    }

    /// <summary>
    /// Ends the connection if it is dead, keeps a place that others need, or is not allowed any more.
    /// </summary>
    public void AbortIfLate()
    {
        var clock = _options.TimeProvider;
        var limit = _isOpen ? _options.IdleTimeout : _options.HandshakeTimeout;
        var waitsSince = Volatile.Read(ref _waitsSince);
        if (clock.GetElapsedTime(Volatile.Read(ref _heardAt)) > limit)
            Abort($"The client has been silent for {limit.TotalSeconds} s.");
        else if (waitsSince > 0 && clock.GetElapsedTime(waitsSince) > _options.IdleTimeout)
            Abort($"The client has taken more than {_options.IdleTimeout.TotalSeconds} s to send a frame.");
        else if (_admission is { } admission && !_table.Door.IsStillWelcome(admission))
            Abort("The access token was revoked or changed, or its time is over.");
    }

    private CancellationTokenRegistration OnStop(Action stop) =>
        _context.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime
            ? lifetime.ConnectionClosedRequested.UnsafeRegister(static stop => ((Action)stop!)(), stop)
            : default;

    private void Stop()
    {
        _isStopping = true;
        _input.CancelPendingRead();
    }

    private void Abort(string reason) => _context.Abort(new ConnectionAbortedException(reason));

    private async ValueTask<bool> TryShakeHandsAsync()
    {
        while (true)
        {
            var read = await _input.ReadAsync();
            var size = TryDecode(read.Buffer, out var client);
            if (client is not null)
            {
                _input.AdvanceTo(read.Buffer.GetPosition(size));
                return await AnswerAsync(client);
            }
            _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (size < 0)
                await SendAsync(Stranger.Answer);
            if (size < 0 || read.IsCompleted || read.IsCanceled)
                return false;
        }
    }

    // The size of the handshake; -1 if this is none.
    private static int TryDecode(ReadOnlySequence<byte> buffer, out Handshake? client)
    {
        client = null;
        var first = buffer.Slice(0, Math.Min(buffer.Length, Handshake.FixedSize)).ToArray();
        if (!Handshake.IsPossible(first))
            return -1;
        var size = Handshake.SizeOf(first);
        if (size > 0 && buffer.Length >= size)
            client = Handshake.Decode(buffer.Slice(0, size).ToArray());
        return size;
    }

    private async ValueTask<bool> AnswerAsync(Handshake client)
    {
        var admission = _table.Admit(
            client.Token, _context.RemoteEndPoint?.ToString() ?? "",
            _context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate);
        if (admission.Access is not null)
            _admission = admission;
        var answer = admission.Access is null
            ? client.Refuse(admission.Refusal, admission.Code)
            : client.Answer(_table.Cluster, _table.Roles.LastVersion);
        await SendAsync(answer.Encode());
        return answer.Refusal.Length == 0;
    }

    private async Task ReceiveAsync(RoleSession session)
    {
        while (!_isStopping)
        {
            await session.WhenReadyAsync();
            var read = await _input.ReadAsync();
            var buffer = read.Buffer;
            var now = _options.TimeProvider.GetTimestamp();
            Volatile.Write(ref _heardAt, now);
            bool isHeldUp;
            while (TryTakeFrame(ref buffer, session, out isHeldUp))
            {
            }
            session.EndBurst();
            if (buffer.IsEmpty || isHeldUp)
                Volatile.Write(ref _waitsSince, 0);
            else if (buffer.Length < read.Buffer.Length || _waitsSince == 0)
                Volatile.Write(ref _waitsSince, now);
            // What is left of a burst that came too early is looked at again when it is time for it.
            _input.AdvanceTo(buffer.Start, isHeldUp ? buffer.Start : buffer.End);
            if (read.IsCompleted && !isHeldUp)
                return;
        }
    }

    private bool TryTakeFrame(ref ReadOnlySequence<byte> buffer, RoleSession session, out bool isHeldUp)
    {
        var size = SizeOfFrame(buffer);
        isHeldUp = size > 0 && size <= buffer.Length && !session.TryBegin();
        if (size == 0 || size > buffer.Length || isHeldUp)
            return false;
        var frame = buffer.FirstSpan.Length >= size ? buffer.FirstSpan[..size] : Gather(buffer.Slice(0, size));
        session.Receive(FrameHeader.Read(frame), frame[ProtocolFormat.FrameHeaderSize..]);
        buffer = buffer.Slice(size);
        return true;
    }

    private static int SizeOfFrame(ReadOnlySequence<byte> buffer)
    {
        if (buffer.FirstSpan.Length >= ProtocolFormat.FrameHeaderSize)
            return FrameHeader.SizeOfFrame(buffer.FirstSpan);
        Span<byte> header = stackalloc byte[ProtocolFormat.FrameHeaderSize];
        var there = buffer.Slice(0, Math.Min(buffer.Length, header.Length));
        there.CopyTo(header);
        return FrameHeader.SizeOfFrame(header[..(int)there.Length]);
    }

    // A frame that lies in several pieces of memory. What one large frame needed is not kept for ever.
    private ReadOnlySpan<byte> Gather(ReadOnlySequence<byte> frame)
    {
        const int KeptBytesMax = 256 << 10;
        var size = (int)frame.Length;
        if (size > KeptBytesMax)
            return frame.ToArray();
        if (_scattered.Length < size)
            _scattered = new byte[Math.Min(Math.Max(size, _scattered.Length * 2), KeptBytesMax)];
        frame.CopyTo(_scattered);
        return _scattered.AsSpan(0, size);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frames)
    {
        var sent = await _context.Transport.Output.WriteAsync(frames);
        if (sent.IsCompleted)
            throw new IOException("The client has closed the connection.");
    }
}
