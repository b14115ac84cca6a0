using System.Net;

namespace FerrisDB.Server;

/// <summary>The file that tells clients where a server is; FoundationDB's has the same form.</summary>
internal static class ClusterFile
{
    /// <summary>Its name in the folder of a database.</summary>
    public const string Name = "fdb.cluster";

    private const string Description = "ferrisdb";
    private const int IdLength = 8;

    // It is no secret: random numbers for cryptography would load their library, 4 MB of an idle server.
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>
    /// The name of the cluster that a file stands for, or of a new one if there is none: it stays as long as the file.
    /// </summary>
    public static string ReadCluster(string path) => new FileInfo(path).Exists
        ? ConnectionString.Read(path).Cluster
        : $"{Description}:{new Random().GetString(IdLetters, IdLength)}";

    /// <summary>How clients reach a server that listens there.</summary>
    public static NetworkAddress AddressOf(IPEndPoint endPoint, bool isTls)
    {
        var host = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any)
            ? Dns.GetHostName()
            : endPoint.Address.ToString();
        return new NetworkAddress(host, endPoint.Port, isTls);
    }

    /// <summary>Writes where the cluster is now, unless that stands there already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What clients connect with.</param>
    public static void Write(string path, string text)
    {
        if (new FileInfo(path).Exists && ConnectionString.Read(path).ToString() == text)
            return;
        var temporary = new FileInfo(path + ".tmp");
        using (var writer = temporary.CreateText())
        {
            writer.WriteLine("# Where a FerrisDB server is. Written when it starts; give a copy to its clients.");
            writer.WriteLine(text);
        }
        temporary.MoveTo(path, overwrite: true);
    }
}
