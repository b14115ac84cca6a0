using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FerrisDB.Tests.Network;

/// <summary>
/// Passes connections on, and cuts them at the worst places: between a request and its answer, or in a frame.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<(Socket Client, Socket Server), bool> _pairs = new();
    private readonly Task _accepting;

    // Bytes of answers that still pass before the connection is cut; below 0: as many as there are.
    private long _answerBytesLeft = -1;
    private int _cuts;

    public TcpRelay(IPEndPoint target)
    {
        Target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Target { get; set; }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>New connections are closed at once.</summary>
    public bool IsClosed { get; set; }

    /// <summary>How often something was cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts all connections now.</summary>
    public void Cut()
    {
        foreach (var pair in _pairs.Keys)
            Close(pair);
    }

    /// <summary>Cuts the connection when so many more bytes of answers have passed.</summary>
    public void CutAfterAnswerBytes(long bytes) => Volatile.Write(ref _answerBytesLeft, bytes);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                if (IsClosed)
                    client.Dispose();
                else
                    _ = PassAsync(client);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var pair = (client, server);
        client.NoDelay = true;
        _pairs.TryAdd(pair, true);
        try
        {
            await server.ConnectAsync(Target);
            await Task.WhenAny(PassAsync(client, server, isAnswer: false), PassAsync(server, client, isAnswer: true));
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // The other end learns it too.
        }
        Close(pair);
    }

    private async Task PassAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                var passed = isAnswer ? Allow(count) : count;
                await to.SendAsync(buffer.AsMemory(0, passed));
                if (passed < count)
                    return;
            }
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private int Allow(int count)
    {
        lock (_pairs)
        {
            if (_answerBytesLeft < 0)
                return count;
            var allowed = (int)Math.Min(count, _answerBytesLeft);
            _answerBytesLeft = allowed < count ? -1 : _answerBytesLeft - allowed;
            return allowed;
        }
    }

    private void Close((Socket Client, Socket Server) pair)
    {
        if (!_pairs.TryRemove(pair, out _))
            return;
        Interlocked.Increment(ref _cuts);
        pair.Client.Dispose();
        pair.Server.Dispose();
    }
}
