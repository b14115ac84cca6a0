using System.Security.Cryptography.X509Certificates;

namespace FerrisDB.Server;

/// <summary>What a token file says, as the door asks for it.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class TokenTable
{
    private readonly Dictionary<string, TokenEntry> _byId;
    private readonly List<(PeerCriteria Criteria, TokenEntry Entry)> _ofCertificates = [];

    private TokenTable(TokenFile file)
    {
        _byId = file.Tokens.ToDictionary(static token => token.Id);
        foreach (var entry in file.Tokens)
        {
            if (entry.Certificate is { } criteria)
                _ofCertificates.Add((PeerCriteria.Parse(criteria), entry));
        }
    }

    /// <summary>Some entries are for certificates.</summary>
    public bool KnowsCertificates => _ofCertificates.Count > 0;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FerrisException">It cannot be used: see <see cref="TokenFile.Read"/>.</exception>
    public static TokenTable Read(string path) => new(TokenFile.Read(path));

    /// <summary>The entry with an id; null if there is none.</summary>
    public TokenEntry? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The first entry of the file that a certificate fits to, which is believed; null if there is none.
    /// </summary>
    public TokenEntry? Find(X509Certificate2 certificate) =>
        _ofCertificates.Find(each => each.Criteria.Fits(certificate)).Entry;
}
