using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>A database behind a network: the roles of one process, for clients that connect.</summary>
/// <remarks>The database is the caller's, and is to be disposed after the server.</remarks>
internal sealed class FerrisServer : IAsyncDisposable
{
    // Connections that have not said yet who they are, beside those that have.
    private const int HandshakesMax = 1_000;

    // Who has asked for nothing for so long has nothing under way.
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _host;
    private readonly ConnectionTable _connections;
    private readonly RatekeeperLoop _ratekeeper;
    private readonly ILogger _log;
    private readonly StorageEngine _engine;
    private ServedCluster? _served;
    private ServerAdmin? _admin;
    private ServerObservation? _observation;
    private int _isStopped;

    private FerrisServer(
        WebApplication host,
        ConnectionTable connections,
        RatekeeperLoop ratekeeper,
        StorageEngine engine,
        ILogger log)
    {
        _ratekeeper = ratekeeper;
        _host = host;
        _connections = connections;
        _engine = engine;
        _log = log;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Connections at the moment.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Where metrics and health are to be had; null if nowhere.</summary>
    public IPEndPoint? MetricsEndPoint => _observation?.EndPoint;

    /// <summary>Answers for it as a whole.</summary>
    public ServerAdmin Admin => _admin!;

    /// <summary>The roles that answer, for who wants to know how they are.</summary>
    public RoleServer Roles => _connections.Roles;

    /// <summary>
    /// Has a version given and a key looked for, as for a client; completes when that is done, on a thread of the pool.
    /// </summary>
    public async Task AnswerAsync()
    {
        await Task.Yield();
        using var transaction = _served!.Database.CreateTransaction();
        // A locked database answers too, and one where all others belong to a tenant.
        transaction.SetOption(TransactionOption.ReadLockAware);
        transaction.SetOption(TransactionOption.RawAccess);
        await transaction.GetAsync("\0"u8);
    }

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
        var log = options.Loggers.CreateLogger(ServerEvents.Category);
        var audit = options.AuditFile is null ? null : new AuditLog(options.AuditFile, options.TimeProvider);
        var tls = options.Tls is null
            ? null
            : new TlsServer(options.Tls, options.HandshakeTimeout, options.TimeProvider)
            {
                Reread = failure => TellOfFiles("certificates", failure, audit, log),
            };
        var roles = new RoleServer(database.Embedded.Roles, database.Options.Limits, options.TimeProvider)
        {
            Cluster = cluster,
            Activity = new RoleActivity(options.TimeProvider) { Slow = SlowLog(options, log) },
            Followers = new FollowedLogs(options.TimeProvider, options.Followers),
        };
        await LoadThrottlesAsync(new ThrottleStore(database, options.TimeProvider), roles, log);
        var door = new Doorkeeper(options.TokenFile, audit, options.TimeProvider)
        {
            Reread = failure => TellOfFiles("tokens", failure, audit, log),
            BelievesCertificates = tls?.BelievesClients ?? false,
        };
        var connections = new ConnectionTable(roles, cluster, door, options);
        audit?.Note("start", "server", "", $"{cluster} at {options.Listen}");
        var server = new FerrisServer(
            Build(connections, tls, options), connections, new RatekeeperLoop(roles, options), database.Storage, log);
        await server.ListenAsync(options);
        var reached = ClusterFile.AddressOf(server.EndPoint, options.Tls is not null);
        server.Begin(new ServedCluster(
            cluster, reached.ToString(), database, roles, connections,
            new ServerPulse(roles.Activity, options.TimeProvider), options));
        server._ratekeeper.Start();
        await server.ObserveAsync();
        return server;
    }

    // What holds up some transactions must not hold up the server.
    private static async ValueTask LoadThrottlesAsync(ThrottleStore store, RoleServer roles, ILogger log)
    {
        try
        {
            await store.LoadAsync(roles);
        }
        catch (FerrisException failure)
        {
            ServerEvents.ThrottlesNotRead(log, failure.Message);
        }
    }

    private static WebApplication Build(ConnectionTable connections, TlsServer? tls, ServerOptions options)
    {
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
        return builder.Build();
    }

    private async ValueTask ListenAsync(ServerOptions options)
    {
        try
        {
            await _host.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await _host.DisposeAsync();
            throw new FerrisException(
                ErrorCode.ConnectionFailed, $"Cannot listen at {options.Listen}: {failure.Message}", failure);
        }
        var address = _host.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        EndPoint = new IPEndPoint(options.Listen.Address, new Uri(address).Port);
    }

    private static SlowTransactions? SlowLog(ServerOptions options, ILogger log) =>
        options.SlowTransaction <= TimeSpan.Zero
            ? null
            : new SlowTransactions(
                options.SlowTransaction, options.TimeProvider,
                (slow, leftOut) => ServerEvents.Tell(log, slow, leftOut));

    private void Begin(ServedCluster served)
    {
        _served = served;
        _admin = new ServerAdmin(served, _log);
        served.Roles.Admin = _admin;
        _engine.EventRaised += Tell;
        served.Pulse.Start();
        served.Connections.Start();
        ServerEvents.Started(_log, _engine.Folder, served.Address, served.Name);
    }

    private async ValueTask ObserveAsync()
    {
        try
        {
            _observation = await ServerObservation.BeginAsync(_served!, _admin!);
        }
        catch (FerrisException)
        {
            await DisposeAsync();
            throw;
        }
        if (MetricsEndPoint is { } where)
            ServerEvents.MetricsServed(_log, where.ToString());
    }

    private void Tell(StorageEvent happened) => ServerEvents.Tell(_log, happened);

    private static void TellOfFiles(string what, FerrisException? failure, AuditLog? audit, ILogger log)
    {
        if (failure is null)
            ServerEvents.FilesReread(log, what);
        else
            ServerEvents.FilesNotReread(log, what, failure.Message);
        audit?.TryNote(failure is null ? $"{what}-changed" : $"{what}-not-read", "server", "", failure?.Message ?? "");
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
        if (_served is not null)
        {
            _served.IsStopping = true;
            ServerEvents.Stopping(_log);
            _engine.EventRaised -= Tell;
            _served.Pulse.Dispose();
        }
        await DrainAsync();
        _connections.Dispose();
        _ratekeeper.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        Roles.Followers.Close();
        // Probes see to the end that it is stopping.
        if (_observation is not null)
            await _observation.DisposeAsync();
    }

    // Nothing starts any more: who wants to waits for the next server. What has started may read on and commit, as long
    // as somebody asks for something.
    private async ValueTask DrainAsync()
    {
        Roles.Starts.Close();
        Roles.Tags.Close();
        var options = _connections.Options;
        var begun = options.TimeProvider.GetTimestamp();
        var answered = -1L;
        while (_connections.Count > 0 && options.TimeProvider.GetElapsedTime(begun) < options.DrainTimeout)
        {
            var counts = Roles.Activity.Counts;
            var now = counts.Gets + counts.Ranges + counts.Committed + counts.Conflicted + counts.TooOld;
            if (now == answered && Roles.CommitsWaiting == 0)
                return;
            answered = now;
            await Task.Delay(DrainStep, options.TimeProvider);
        }
    }
}
