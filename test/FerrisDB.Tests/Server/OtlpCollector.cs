using System.Net;
using System.Net.Sockets;

namespace FerrisDB.Tests.Server;

/// <summary>Takes one request by HTTP and remembers its path: as much of a collector as a test needs.</summary>
internal sealed class OtlpCollector : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OtlpCollector() => _listener.Start();

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    /// <summary>The first line of the first request.</summary>
    public async Task<string> FirstLineAsync()
    {
        using var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
    }

    public void Dispose() => _listener.Dispose();
}
