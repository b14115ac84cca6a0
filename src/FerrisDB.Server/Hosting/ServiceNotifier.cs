using System.Net.Sockets;
using System.Text;

namespace FerrisDB.Server;

/// <summary>Tells systemd how the service is, by the datagrams of <c>sd_notify(3)</c>.</summary>
/// <remarks>Without systemd it tells nobody. That somebody does not listen is no reason not to serve.</remarks>
internal sealed class ServiceNotifier : IDisposable
{
    /// <summary>Names the socket where systemd listens; a first <c>@</c> stands for a byte of zero.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    private readonly Socket? _socket;

    private ServiceNotifier(Socket? socket) => _socket = socket;

    /// <summary>Reaches whoever listens at the socket; nobody, if there is no name.</summary>
    public static ServiceNotifier Open(string? name)
    {
        if (string.IsNullOrEmpty(name) || !Socket.OSSupportsUnixDomainSockets)
            return new ServiceNotifier(null);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
            return new ServiceNotifier(socket);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket.Dispose();
            return new ServiceNotifier(null);
        }
    }

    /// <summary>It serves.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>It still answers.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>It has been told to end, and will.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Answering what was asked");

    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException)
        {
            // It has stopped listening.
        }
    }
}
