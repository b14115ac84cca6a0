using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FerrisDB.Server;

/// <summary>A database behind a network: the roles of one process, for clients that connect.</summary>
/// <remarks>The database is the caller's, and is to be disposed after the server.</remarks>
internal sealed class FerrisServer : IAsyncDisposable
{
    // Connections that have not said yet who they are, beside those that have.
    private const int HandshakesMax = 1_000;

    private readonly WebApplication _host;
    private readonly ConnectionTable _connections;
    private int _isStopped;

    private FerrisServer(WebApplication host, ConnectionTable connections)
    {
        _host = host;
        _connections = connections;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Connections at the moment.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Serves a database.</summary>
    /// <param name="database">An embedded one.</param>
    /// <param name="cluster">
    /// The name of the cluster, <c>description:id</c>; whoever looks for another is refused.
    /// </param>
    /// <param name="options">Where, and for whom.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ConnectionFailed"/>: it cannot listen there.
    /// <see cref="ErrorCode.TlsError"/>: its certificate cannot be used.
    /// </exception>
    public static async ValueTask<FerrisServer> StartAsync(Database database, string cluster, ServerOptions options)
    {
        options.Validate();
        CheckFits(database.Options.Limits);
        var tls = options.Tls is null
            ? null
            : new TlsServer(options.Tls, options.HandshakeTimeout, options.TimeProvider);
        var roles = new RoleServer(database.Embedded.Roles, database.Options.Limits, options.TimeProvider);
        var connections = new ConnectionTable(roles, cluster, options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(connections);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseShutdownTimeout(options.StopTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax + HandshakesMax;
            kestrel.Listen(options.Listen, listen =>
            {
                tls?.Use(listen);
                listen.UseConnectionHandler<FrameConnectionHandler>();
            });
        });
        var server = new FerrisServer(builder.Build(), connections);
        try
        {
            await server._host.StartAsync();
        }
        catch (IOException failure)
        {
            await server._host.DisposeAsync();
            throw new FerrisException(
                ErrorCode.ConnectionFailed, $"Cannot listen at {options.Listen}: {failure.Message}", failure);
        }
        var address = server._host.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        server.EndPoint = new IPEndPoint(options.Listen.Address, new Uri(address).Port);
        connections.Start();
        return server;
    }

    // What is stored must fit into one answer, and what may be committed into one request.
    private static void CheckFits(RequestLimits limits)
    {
        const int BytesMax = ProtocolFormat.FrameBytesMax / 4 * 3;
        if (limits.ValueBytesMax <= BytesMax && limits.TransactionBytesMax <= BytesMax)
            return;
        throw new FerrisException(
            ErrorCode.InvalidOptionValue,
            $"A database whose values may have {limits.ValueBytesMax} bytes and its transactions "
                + $"{limits.TransactionBytesMax} cannot be served: the limit is {BytesMax} bytes for each.");
    }

    /// <summary>Takes no more connections and no more requests, answers what was asked, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
            return;
        _connections.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
