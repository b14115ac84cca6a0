namespace FerrisDB.Storage;

/// <summary>Paths of disks that exist in memory alone: separated by slashes; there is no current folder.</summary>
internal static class MemoryPath
{
    /// <summary>The folder that always exists.</summary>
    public const string Root = "";

    /// <summary>Gives all spellings of one path one form: "/a/b/", "a/b" and "a\b" are the same.</summary>
    public static string Normalize(string path)
    {
        var normal = path.Replace('\\', '/').Trim('/');
        return normal == "." ? Root : normal;
    }

    /// <summary>The folder that holds a normalized path.</summary>
    public static string DirectoryOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? Root : path[..slash];
    }

    /// <summary>The last part of a normalized path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>A normalized path and all the folders above it except the root, the outermost first.</summary>
    public static IEnumerable<string> WithParents(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
        if (path != Root)
            yield return path;
    }
}
