using System.Globalization;

namespace FerrisDB;

/// <summary>Where a cluster is: <c>description:id@host:port,...</c>, as it stands in a cluster file.</summary>
/// <param name="Description">What people call it: letters, digits and underscores.</param>
/// <param name="Id">What makes it another one than those of the same description: letters and digits.</param>
/// <param name="Addresses">Its servers, at least one.</param>
internal sealed record ConnectionString(
    string Description, string Id, IReadOnlyList<NetworkAddress> Addresses)
{
    private const long FileBytesMax = 100_000;
    private const string TlsSuffix = ":tls";

    /// <summary>Where it was read; null if it was not read from a file.</summary>
    public string? File { get; init; }

    /// <summary>The name of the cluster, which does not change when its servers do.</summary>
    public string Cluster => $"{Description}:{Id}";

    /// <summary>All its servers are reached by TLS.</summary>
    public bool IsTls => Addresses.All(static each => each.IsTls);

    /// <summary>A file beside the cluster file, if both are there.</summary>
    public string? NeighbourOf(string name)
    {
        if (File is null || Path.GetDirectoryName(Path.GetFullPath(File)) is not { } folder)
            return null;
        var path = Path.Combine(folder, name);
        return new FileInfo(path).Exists ? path : null;
    }

    /// <summary>Takes a connection string as it is, and anything else as the path of a cluster file.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.NoClusterFileFound"/>, <see cref="ErrorCode.ConnectionStringInvalid"/>.
    /// </exception>
    public static ConnectionString Find(string fileOrString) =>
        fileOrString.Contains('@') && !fileOrString.Contains(Path.DirectorySeparatorChar)
            ? Parse(fileOrString)
            : Read(fileOrString);

    /// <summary>Reads a cluster file: one connection string, and lines of comment that begin with #.</summary>
    /// <inheritdoc cref="Find"/>
    public static ConnectionString Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new FerrisException(
                ErrorCode.NoClusterFileFound,
                $"There is no cluster file {path}. `ferrisdb serve` writes one into the folder that it serves.");
        if (file.Length > FileBytesMax)
            throw Invalid(path, $"it has {file.Length} bytes");
        using var reader = file.OpenText();
        var lines = reader.ReadToEnd().Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line != "");
        return Parse(string.Concat(lines)) with { File = path };
    }

    /// <summary>Parses a connection string.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.ConnectionStringInvalid"/>.</exception>
    public static ConnectionString Parse(string text)
    {
        text = text.Trim();
        var at = text.IndexOf('@');
        var colon = text.IndexOf(':');
        if (at < 0 || colon < 0 || colon > at)
            throw Invalid(text, "it is not of the form description:id@host:port");
        var description = text[..colon];
        var id = text[(colon + 1)..at];
        if (description.Length == 0 || !description.All(static each => char.IsAsciiLetterOrDigit(each) || each == '_'))
            throw Invalid(text, "the description must be letters, digits and underscores");
        if (id.Length == 0 || !id.All(char.IsAsciiLetterOrDigit))
            throw Invalid(text, "the id must be letters and digits");
        var addresses = text[(at + 1)..].Split(',').Select(each => ParseAddress(each.Trim(), text)).ToList();
        if (addresses.Distinct().Count() < addresses.Count)
            throw Invalid(text, "an address is there twice");
        return new ConnectionString(description, id, addresses);
    }

    /// <summary>Parses <c>host:port</c>, or <c>host:port:tls</c>; an IPv6 address stands in brackets.</summary>
    public static NetworkAddress ParseAddress(string text, string whole)
    {
        var isTls = text.EndsWith(TlsSuffix, StringComparison.Ordinal);
        var address = isTls ? text[..^TlsSuffix.Length] : text;
        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? "" : address[..colon];
        if (host is ['[', .. var inside, ']'])
            host = inside;
        else if (host.Contains(':'))
            throw Invalid(whole, $"the IPv6 address in '{text}' must stand in brackets");
        var isPort = int.TryParse(
            address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        if (host.Length == 0 || !isPort || port is < 1 or > ushort.MaxValue)
            throw Invalid(whole, $"'{text}' is not of the form host:port");
        return new NetworkAddress(host, port, isTls);
    }

    public override string ToString() => $"{Cluster}@{string.Join(',', Addresses)}";

    private static FerrisException Invalid(string text, string problem) => new(
        ErrorCode.ConnectionStringInvalid, $"'{text}' does not say where a cluster is: {problem}.");
}
