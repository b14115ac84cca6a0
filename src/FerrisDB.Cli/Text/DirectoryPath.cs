namespace FerrisDB.Cli;

/// <summary>Paths of directories as they are typed: <c>/app/users</c>. A name with a '/' in it cannot be.</summary>
internal static class DirectoryPath
{
    /// <summary>The names of a path; none for the root.</summary>
    public static string[] Parse(string text)
    {
        if (!text.StartsWith('/'))
            throw new UsageException($"'{text}' is no path of a directory: it begins with '/', such as /app/users.");
        var names = text.Length == 1 ? [] : text[1..].Split('/');
        return Array.TrueForAll(names, name => name.Length > 0)
            ? names
            : throw new UsageException($"'{text}' is no path of a directory: a name in it is empty.");
    }

    public static string Format(IReadOnlyList<string> names) => "/" + string.Join('/', names);
}
