using Microsoft.AspNetCore.Connections;

namespace FerrisDB.Server;

/// <summary>Where Kestrel hands over the connections that it accepts.</summary>
internal sealed class FrameConnectionHandler(ConnectionTable connections) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => connections.RunAsync(connection);
}
