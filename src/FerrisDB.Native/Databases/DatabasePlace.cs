namespace FerrisDB.Native;

// The line of a cluster file, which is a connection string too. FoundationDB's form names servers:
//
//     description:id@host:port,host:port      with :tls behind a port
//
// Ours has the same parts, with a place where the servers would be. The description tells the two apart:
//
//     ferrisdb:embedded@/path/to/folder       a folder; a relative one counts from the cluster file
//     ferrisdb:memory@name                    memory of this process, shared by all who say the same name

/// <summary>Where a database is.</summary>
/// <param name="Kind">What kind of place.</param>
/// <param name="Address">The folder, the name, or the whole line that names servers.</param>
internal sealed record DatabasePlace(PlaceKind Kind, string Address)
{
    private const string FolderPrefix = "ferrisdb:embedded@";
    private const string MemoryPrefix = "ferrisdb:memory@";

    /// <summary>Reads a line. Null if it is none of the forms.</summary>
    /// <param name="line">The line, without blanks around it.</param>
    /// <param name="parent">The folder that a relative path counts from.</param>
    public static DatabasePlace? TryParse(string line, string parent)
    {
        if (line.StartsWith(FolderPrefix, StringComparison.Ordinal))
        {
            var folder = line[FolderPrefix.Length..];
            return folder.Length == 0 || folder.Contains('\0', StringComparison.Ordinal)
                ? null
                : new DatabasePlace(PlaceKind.Folder, Path.GetFullPath(folder, parent));
        }
        if (line.StartsWith(MemoryPrefix, StringComparison.Ordinal))
        {
            var name = line[MemoryPrefix.Length..];
            return name.Length == 0 ? null : new DatabasePlace(PlaceKind.Memory, name);
        }
        return NamesServers(line) ? new DatabasePlace(PlaceKind.Servers, line) : null;
    }

    /// <summary>Reads a cluster file: the first line that is neither empty nor a comment, and the only one.</summary>
    public static DatabasePlace? TryParseFile(string content, string parent)
    {
        string? found = null;
        foreach (var part in content.Split('\n'))
        {
            var line = part.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (found is not null)
                return null;
            found = line;
        }
        return found is null ? null : TryParse(found, parent);
    }

    private static bool NamesServers(string line)
    {
        var at = line.IndexOf('@', StringComparison.Ordinal);
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || at < colon + 2)
            return false;
        return line[..colon].All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            && line[(colon + 1)..at].All(char.IsAsciiLetterOrDigit)
            && line[(at + 1)..].Split(',').All(IsServer);
    }

    private static bool IsServer(string address)
    {
        if (address.EndsWith(":tls", StringComparison.Ordinal))
            address = address[..^":tls".Length];
        var colon = address.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), out var port) && port > 0;
    }
}
