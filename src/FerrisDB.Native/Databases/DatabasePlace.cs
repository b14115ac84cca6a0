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

    /// <summary>Reads a line, without blanks around it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="parent">The folder that a relative path counts from.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.ConnectionStringInvalid"/>.</exception>
    public static DatabasePlace Parse(string line, string parent)
    {
        if (TryCut(line, FolderPrefix, out var folder) && !folder.Contains('\0', StringComparison.Ordinal))
            return new DatabasePlace(PlaceKind.Folder, Path.GetFullPath(folder, parent));
        if (TryCut(line, MemoryPrefix, out var name))
            return new DatabasePlace(PlaceKind.Memory, name);
        return new DatabasePlace(PlaceKind.Servers, ConnectionString.Parse(line).ToString());
    }

    /// <summary>Reads a cluster file: a line, beside empty ones and comments; servers may take several.</summary>
    /// <inheritdoc cref="Parse"/>
    public static DatabasePlace ParseFile(string content, string parent)
    {
        var lines = content.Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToList();
        if (lines.Count > 1 && (TryCut(lines[0], FolderPrefix, out _) || TryCut(lines[0], MemoryPrefix, out _)))
            throw new FerrisException(ErrorCode.ConnectionStringInvalid, "The cluster file names two databases.");
        return Parse(string.Concat(lines), parent);
    }

    private static bool TryCut(string line, string prefix, out string rest)
    {
        rest = line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : "";
        return rest.Length > 0;
    }
}
