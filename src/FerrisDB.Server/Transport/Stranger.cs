using System.Text;

namespace FerrisDB.Server;

/// <summary>What somebody is told who does not speak the protocol: a browser shows it to a person.</summary>
internal static class Stranger
{
    private const string Text =
        "This is a FerrisDB server. It speaks its own protocol: use Database.Connect, or the command ferrisdb.\n";

    public static ReadOnlyMemory<byte> Answer { get; } = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {Text.Length}\r\n"
            + $"Connection: close\r\n\r\n{Text}");
}
