using System.Globalization;

namespace FerrisDB;

/// <summary>Finds a server of the cluster that answers, and remembers what it has tried.</summary>
/// <remarks>One attempt runs at a time; the rest is thread-safe.</remarks>
internal sealed class RemoteConnector(ConnectionString where, INetwork network, RemoteOptions options)
    : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    // A server that ends may cut a handshake short; one that does not like a certificate will not like it later.
    private const int TlsRefusalsMax = 5;

    private readonly Random _chance = new((int)options.ClientId);
    private readonly CancellationTokenSource _stop = new();
    private volatile string _lastFailure = "it has not been tried yet";
    private int _attempts;

    // Why the last attempt failed, if that was TLS: of the attempt that runs.
    private FerrisException? _tlsRefusal;

    /// <summary>Tries until it is connected, or not wanted any more: then null.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.AuthorizationTokenVerifyFailed"/>: it is refused, and will be as long as its token is this.
    /// <see cref="ErrorCode.TlsError"/>: all servers were the wrong ones, or took this client for one, several times.
    /// </exception>
    public async ValueTask<IConnection?> ConnectAsync(Func<bool> isWanted)
    {
        var tlsRefusals = 0;
        for (var pause = FirstPause; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            foreach (var address in where.Addresses)
            {
                if (!isWanted())
                    return null;
                if (await TryConnectAsync(address) is { } connection)
                    return connection;
                tlsRefusals = _tlsRefusal is null ? 0 : tlsRefusals + 1;
            }
            if (_tlsRefusal is { } refusal && tlsRefusals >= TlsRefusalsMax * where.Addresses.Count)
                throw refusal;
            await PauseAsync(pause);
        }
    }

    /// <summary>Remembers why the last connection ended.</summary>
    public void Note(Exception reason) => _lastFailure = reason.Message;

    /// <summary>What was tried, for somebody who has waited in vain.</summary>
    public string Tell(bool isConnected)
    {
        var seconds = options.RequestTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return isConnected
            ? $"The server at {where} has not answered for {seconds} s."
            : $"No server of {where} was found within {seconds} s ({Volatile.Read(ref _attempts)} attempts to connect; "
                + $"the last: {_lastFailure}). Is `ferrisdb serve` running there?";
    }

    /// <summary>Ends the attempts.</summary>
    public void Dispose() => _stop.Cancel();

    private async ValueTask<IConnection?> TryConnectAsync(NetworkAddress address)
    {
        Interlocked.Increment(ref _attempts);
        _tlsRefusal = null;
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await network.ConnectAsync(address, Own(), either.Token);
        }
        catch (OperationCanceledException)
        {
            _lastFailure = $"{address}: no answer within {options.ConnectTimeout.TotalSeconds:0.###} s";
            return null;
        }
        catch (FerrisException failure) when (failure.Code != ErrorCode.AuthorizationTokenVerifyFailed)
        {
            _lastFailure = failure.Message;
            _tlsRefusal = failure.Code == ErrorCode.TlsError ? failure : null;
            return null;
        }
    }

    private Handshake Own() => Handshake.OfClient(where.Cluster) with { Token = options.Token() };

    private async ValueTask PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause * (0.5 + (_chance.NextDouble() / 2)), options.Clock, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody wants a connection any more, and the next question says so.
        }
    }
}
