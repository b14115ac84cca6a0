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
    private readonly LossyLink? _link;
    private readonly ConcurrentDictionary<LossyWay, bool> _answerWays = new();

    // Bytes of answers that still pass before the connection is cut; below 0: as many as there are.
    private long _answerBytesLeft = -1;
    private int _cuts;

    /// <param name="target">Where the connections go.</param>
    /// <param name="link">What happens on the way; null: nothing.</param>
    public TcpRelay(IPEndPoint target, LossyLink? link = null)
    {
        _link = link;
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

    /// <summary>From now on no answer comes through the connections that there are, and nobody is told.</summary>
    public void KillAnswers()
    {
        foreach (var way in _answerWays.Keys)
            way.Kill();
    }

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
            var (there, back) = (_link?.Begin(), _link?.Begin());
            if (back is not null)
                _answerWays.TryAdd(back, true);
            var asking = PassAsync(client, server, isAnswer: false, there);
            var answering = PassAsync(server, client, isAnswer: true, back);
            await Task.WhenAny(asking, answering);
            // Where the link is dead one end does not learn that the other one has gone.
            if (there is { IsDead: true } || back is { IsDead: true })
                await Task.WhenAll(asking, answering);
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // The other end learns it too.
        }
        Close(pair);
    }

    private async Task PassAsync(Socket from, Socket to, bool isAnswer, LossyWay? way)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                var passed = isAnswer ? Allow(count) : count;
                var sent = way is null
                    ? await to.SendAsync(buffer.AsMemory(0, passed))
                    : await way.PassAsync(buffer.AsMemory(0, passed), to);
                if (sent < count)
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
