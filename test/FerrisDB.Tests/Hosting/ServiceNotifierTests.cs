using System.Net.Sockets;
using System.Text;
using FerrisDB.Server;

namespace FerrisDB.Tests.Hosting;

/// <summary>What systemd is told.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-notify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Systemd_is_told_when_it_serves_and_when_it_stops(bool isAbstract)
    {
        var path = Path.Combine(_folder.FullName, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + path : path));

        using var notifier = ServiceNotifier.Open(isAbstract ? '@' + path : path);
        notifier.Ready("Serving");
        notifier.Stopping();

        Assert.Equal("READY=1\nSTATUS=Serving", Receive(systemd));
        Assert.StartsWith("STOPPING=1\n", Receive(systemd), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nobody/listens/here")]
    public void Without_systemd_nobody_is_told(string? name)
    {
        using var notifier = ServiceNotifier.Open(name);

        notifier.Ready("Serving");
        notifier.Stopping();
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
