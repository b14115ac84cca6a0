namespace FerrisDB.Server;

/// <summary>A folder with all that is needed to try TLS out: an authority, and certificates for both sides.</summary>
internal sealed class TrialFolder(string folder)
{
    private const int AuthorityDays = 3650;

    // Clocks of other machines may be behind.
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    public string Authority => PathOf(TlsClient.NeighbourName);

    public string AuthorityKey => PathOf("ca-key.pem");

    public string Server => PathOf("server.pem");

    public string ServerKey => PathOf("server-key.pem");

    public string Client => PathOf("client.pem");

    public string ClientKey => PathOf("client-key.pem");

    /// <summary>Some of it is there.</summary>
    public bool Exists => new FileInfo(Server).Exists || new FileInfo(Authority).Exists;

    /// <summary>Makes certificates; with the authority that is there, or a new one.</summary>
    /// <param name="hosts">By what names and addresses the server is reached.</param>
    /// <param name="days">How long they count.</param>
    /// <param name="now">When that begins.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TlsError"/>: the authority cannot be used. <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public void Write(IReadOnlyList<string> hosts, int days, DateTimeOffset now)
    {
        var from = now - Slack;
        new DirectoryInfo(folder).Create();
        var isNew = !new FileInfo(Authority).Exists;
        using var authority = isNew
            ? TrialAuthority.Create("FerrisDB trial authority", from, now.AddDays(Math.Max(AuthorityDays, days)))
            : TrialAuthority.Read(PemFiles.Read(Authority), PemFiles.Read(AuthorityKey));
        if (isNew)
        {
            PrivateFile.Write(AuthorityKey, authority.KeyPem);
            PrivateFile.Write(Authority, authority.CertificatePem, isPublic: true);
        }
        var server = authority.IssueToServer(hosts[0], hosts, from, now.AddDays(days));
        PrivateFile.Write(ServerKey, server.KeyPem);
        PrivateFile.Write(Server, server.CertificatePem, isPublic: true);
        var client = authority.IssueToClient("client", from, now.AddDays(days));
        PrivateFile.Write(ClientKey, client.KeyPem);
        PrivateFile.Write(Client, client.CertificatePem, isPublic: true);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
