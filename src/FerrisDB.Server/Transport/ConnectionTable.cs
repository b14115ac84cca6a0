using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>The connections of a server, and who looks after them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ConnectionTable(RoleServer roles, string cluster, Doorkeeper door, ServerOptions options)
    : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ServerConnection, bool> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _log = options.Loggers.CreateLogger(ServerEvents.Category);

    // Those that have said who they are: the others take nobody's place.
    private int _admitted;

    public int Count => _connections.Count;

    public string Cluster => cluster;

    public RoleServer Roles => roles;

    public ServerOptions Options => options;

    /// <summary>Who lets connections in.</summary>
    public Doorkeeper Door => door;

    /// <summary>Begins to look for connections that have died, or keep others from being served.</summary>
    public void Start() => _ = LookAfterAsync();

    /// <summary>Looks after nobody any more.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Serves a connection to its end.</summary>
    public async Task RunAsync(ConnectionContext context)
    {
        var connection = new ServerConnection(context, this);
        _connections.TryAdd(connection, true);
        var remote = context.RemoteEndPoint?.ToString() ?? "";
        ServerEvents.Connected(_log, remote, _connections.Count);
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ServerEvents.Disconnected(_log, remote, _connections.Count);
        }
    }

    /// <summary>Lets somebody in who has said who he is, if he may and there is room.</summary>
    public Admission Admit(string token, string remote, X509Certificate2? certificate)
    {
        var admission = door.Admit(token, remote, certificate);
        if (admission.Access is null)
        {
            ServerEvents.NotLetIn(_log, remote, admission.Refusal);
            return admission;
        }
        if (Interlocked.Increment(ref _admitted) <= options.ConnectionsMax)
            return admission;
        Leave(admission);
        ServerEvents.Refused(_log, remote, options.ConnectionsMax);
        return Admission.No($"It has {options.ConnectionsMax} connections already.", 0);
    }

    /// <summary>Somebody who was let in is gone.</summary>
    public void Leave(Admission admission)
    {
        Interlocked.Decrement(ref _admitted);
        Doorkeeper.Leave(admission);
    }

    private async Task LookAfterAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Step, options.TimeProvider, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                LookAfter();
            }
            catch (Exception failure)
            {
                // Whatever it is: without this nobody would look for dead connections and revoked tokens any more.
                ServerEvents.NotLookedAfter(_log, failure);
            }
        }
    }

    private void LookAfter()
    {
        foreach (var connection in _connections.Keys)
            connection.AbortIfLate();
        if (!roles.Followers.IsAnyAway)
            return;
        foreach (var (follower, reason) in roles.Followers.LookAfter(DiskSpace.Of(roles.Roles.Engine.Folder).IsLow))
            ServerEvents.FollowerLetGo(_log, follower.Holder, follower.Address, reason);
    }
}
