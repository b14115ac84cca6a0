using System.Net;
using System.Net.Sockets;
using System.Text;
using FerrisDB.Server;

namespace FerrisDB.Tests.Network;

/// <summary>A database behind a real socket of this machine, which can be cut off, stopped and started again.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private const string Cluster = "test:1";

    private readonly string _cluster;
    private readonly ServerOptions _options;
    private FerrisServer _server;

    private TestServer(
        Database database, string cluster, ServerOptions options, FerrisServer server, LossyLink? link)
    {
        Database = database;
        _cluster = cluster;
        _options = options;
        _server = server;
        Relay = new TcpRelay(server.EndPoint, link);
    }

    /// <summary>What is served, as its own process sees it.</summary>
    public Database Database { get; }

    /// <summary>Stands between the server and its clients.</summary>
    public TcpRelay Relay { get; }

    public FerrisServer Server => _server;

    /// <summary>How a client gets there: through the relay.</summary>
    public string ConnectionString => $"{_cluster}@{Relay.EndPoint}{(_options.Tls is null ? "" : ":tls")}";

    public static Task<TestServer> StartAsync(
        DatabaseOptions? options = null, ServerOptions? serverOptions = null, string cluster = Cluster,
        LossyLink? link = null) =>
        ServeAsync(
            Database.OpenInMemory((options ?? new DatabaseOptions()) with { IsServed = true }), serverOptions, cluster,
            link);

    public static async Task<TestServer> ServeAsync(
        Database database, ServerOptions? serverOptions = null, string cluster = Cluster, LossyLink? link = null)
    {
        var options = (serverOptions ?? new ServerOptions()) with { Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        // To drain is to wait, and a clock that a test holds would make that for ever.
        if (options.TimeProvider != TimeProvider.System)
            options = options with { DrainTimeout = TimeSpan.Zero };
        return new TestServer(
            database, cluster, options, await FerrisServer.StartAsync(database, cluster, options), link);
    }

    /// <summary>A client of its own.</summary>
    public Database Connect(DatabaseOptions? options = null) => Database.Connect(ConnectionString, options);

    /// <summary>A connection past the relay, on which a test says what it likes.</summary>
    public async Task<Socket> ConnectRawAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
        await socket.ConnectAsync(_server.EndPoint);
        return socket;
    }

    /// <summary>The value of a key, as text.</summary>
    public static async Task<string?> TextAsync(Database database, string key)
    {
        var value = await database.ReadAsync(reads => reads.GetAsync(Encoding.ASCII.GetBytes(key)));
        return value is null ? null : Encoding.ASCII.GetString(value);
    }

    public Task StopAsync() => _server.DisposeAsync().AsTask();

    /// <summary>Serves again, at another port, to which the relay leads from now on.</summary>
    public async Task StartAgainAsync()
    {
        _server = await FerrisServer.StartAsync(Database, _cluster, _options);
        Relay.Target = _server.EndPoint;
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await _server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
