using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB;

// FoundationDB's verification string:
//
//     Check.Unexpired=0,I.C=US,S.O=XYZCorp\, LLC | S.CN=other
//
// Alternatives are separated by |, their conditions by commas; a backslash takes the meaning from the character behind
// it. Check.Valid=0 accepts every certificate, Check.Unexpired=0 those whose time is over or has not come. A field of
// the subject (S. or nothing), the issuer (I.) or the root (R. or Root.) must be what stands behind the =; behind >= it
// must begin so, behind <= end so.

/// <summary>What the certificate of the other side must say: one of some lists of conditions.</summary>
internal sealed class PeerCriteria
{
    private const string SubjectAltName = "subjectAltName";

    private static readonly string[] Fields = ["CN", "C", "L", "ST", "O", "OU", "UID", "DC"];

    private readonly List<Alternative> _alternatives = [];

    private PeerCriteria()
    {
    }

    /// <summary>Reads a verification string.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>: it cannot be understood.</exception>
    public static PeerCriteria Parse(string text)
    {
        var criteria = new PeerCriteria();
        foreach (var alternative in Split(text, '|'))
        {
            var parsed = new Alternative();
            foreach (var condition in Split(alternative, ',').Where(each => each.Trim().Length > 0))
                Add(condition.Trim(), parsed, text);
            criteria._alternatives.Add(parsed);
        }
        return criteria;
    }

    /// <summary>Judges a certificate. That it has another name than the address is no objection.</summary>
    public bool Accept(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        foreach (var alternative in _alternatives)
        {
            if (!alternative.IsChecked)
                return true;
            if (certificate is not null && chain is not null && IsValid(chain, errors, alternative)
                && alternative.Conditions.All(condition => IsMet(condition, certificate, chain)))
                return true;
        }
        return false;
    }

    /// <summary>Some certificates are accepted that nobody vouches for.</summary>
    public bool TakesAnybody => _alternatives.Exists(static each => !each.IsChecked);

    /// <summary>
    /// Why it cannot tell whose a certificate is that was believed already, by itself; null if it can.
    /// </summary>
    public string? ProblemAsName()
    {
        if (_alternatives.Exists(static each => !each.IsChecked || !each.IsUnexpired))
            return "Check. is for what is believed, not for who it is";
        if (_alternatives.Exists(static each => each.Conditions.Exists(static condition => condition.Whose == 'R')))
            return "R. is not in the certificate";
        return _alternatives.Exists(static each => each.Conditions.Count == 0) ? "it fits to everybody" : null;
    }

    /// <summary>
    /// True if a certificate says what it must; that it is to be believed is known. For those without a
    /// <see cref="ProblemAsName"/>.
    /// </summary>
    public bool Fits(X509Certificate2 certificate) =>
        _alternatives.Exists(alternative => alternative.Conditions.TrueForAll(
            condition => IsMet(condition, certificate, chain: null)));

    private static bool IsValid(X509Chain chain, SslPolicyErrors errors, Alternative alternative)
    {
        if ((errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
            return false;
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0)
            return true;
        return !alternative.IsUnexpired && chain.ChainStatus.Length > 0
            && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.NotTimeValid);
    }

    private static bool IsMet(Condition condition, X509Certificate2 certificate, X509Chain? chain)
    {
        if (condition.Field == SubjectAltName)
            return AlternativeNames(certificate).Any(condition.Fits);
        var name = condition.Whose switch
        {
            'I' => certificate.IssuerName,
            'R' => chain!.ChainElements[^1].Certificate.SubjectName,
            _ => certificate.SubjectName,
        };
        return name.EnumerateRelativeDistinguishedNames()
            .Where(static part => !part.HasMultipleElements)
            .Where(part => FieldOf(part) == condition.Field)
            .Any(part => condition.Fits(part.GetSingleElementValue() ?? ""));
    }

    private static string FieldOf(X500RelativeDistinguishedName part) => part.GetSingleElementType().Value switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        _ => "",
    };

    private static IEnumerable<string> AlternativeNames(X509Certificate2 certificate)
    {
        foreach (var names in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in names.EnumerateDnsNames())
                yield return $"DNS:{name}";
            foreach (var address in names.EnumerateIPAddresses())
                yield return $"IP:{address}";
        }
    }

    private static void Add(string condition, Alternative alternative, string text)
    {
        var equals = condition.IndexOf('=');
        if (equals < 1)
            throw Wrong(text, $"'{condition}' is not of the form FIELD=VALUE");
        var match = condition[equals - 1] is '<' or '>' ? condition[equals - 1] : '=';
        var field = condition[..(match == '=' ? equals : equals - 1)].Trim();
        var value = Unescape(condition[(equals + 1)..]);
        switch (field)
        {
            case "Check.Valid":
                alternative.IsChecked = Flag(value, text);
                return;
            case "Check.Unexpired":
                alternative.IsUnexpired = Flag(value, text);
                return;
        }
        var dot = field.IndexOf('.');
        var whose = dot < 0 ? "S" : field[..dot];
        var name = field[(dot + 1)..];
        if (whose is not ("S" or "Subject" or "I" or "Issuer" or "R" or "Root"))
            throw Wrong(text, $"'{whose}' is none of S, I, R and Check");
        if (!Fields.Contains(name) && !(name == SubjectAltName && whose[0] == 'S'))
            throw Wrong(text, $"'{name}' is none of {string.Join(", ", Fields)}, and S.{SubjectAltName}");
        alternative.Conditions.Add(new Condition(whose[0], name, match, value));
    }

    private static bool Flag(string value, string text) => value switch
    {
        "0" => false,
        "1" => true,
        _ => throw Wrong(text, $"'{value}' is neither 0 nor 1"),
    };

    private static IEnumerable<string> Split(string text, char separator)
    {
        var begin = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == separator)
            {
                yield return text[begin..index];
                begin = index + 1;
            }
        }
        yield return text[begin..];
    }

    private static string Unescape(string value)
    {
        var plain = new System.Text.StringBuilder(value.Length);
        for (var index = 0; index < value.Length; index++)
        {
            if (value[index] == '\\' && index + 1 < value.Length)
                index++;
            plain.Append(value[index]);
        }
        return plain.ToString();
    }

    private static FerrisException Wrong(string text, string problem) => new(
        ErrorCode.TlsError, $"'{text}' does not say which certificates are accepted: {problem}.");

    private sealed class Alternative
    {
        public bool IsChecked { get; set; } = true;

        public bool IsUnexpired { get; set; } = true;

        public List<Condition> Conditions { get; } = [];
    }

    private sealed record Condition(char Whose, string Field, char Match, string Value)
    {
        public bool Fits(string found) => Match switch
        {
            '>' => found.StartsWith(Value, StringComparison.Ordinal),
            '<' => found.EndsWith(Value, StringComparison.Ordinal),
            _ => found == Value,
        };
    }
}
