using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace FerrisDB.Server;

/// <summary>The connections of a server, and who looks after them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ConnectionTable(RoleServer roles, string cluster, ServerOptions options) : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ServerConnection, bool> _connections = new();
    private readonly CancellationTokenSource _stop = new();

    public int Count => _connections.Count;

    public string Cluster => cluster;

    public RoleServer Roles => roles;

    public ServerOptions Options => options;

    /// <summary>Begins to look for connections that have died, or keep others from being served.</summary>
    public void Start() => _ = LookAfterAsync();

    /// <summary>Looks after nobody any more.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Serves a connection to its end.</summary>
    public async Task RunAsync(ConnectionContext context)
    {
        var connection = new ServerConnection(context, this);
        _connections.TryAdd(connection, true);
        try
        {
            await connection.RunAsync(isRefused: _connections.Count > options.ConnectionsMax);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
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
            foreach (var connection in _connections.Keys)
                connection.AbortIfLate();
        }
    }
}
