namespace FerrisDB.Tests.House;

/// <summary>
/// The files of the repository that this test assembly was built from, by their paths below its root.
/// </summary>
internal static class RepositoryTree
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", ".git"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths with forward slashes, in ordinal order, so that findings read the same everywhere.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
            return [];
        return Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => NotOurs.Contains(part)))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    public static bool Exists(string path)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IReadOnlyList<SourceFile> SourceFiles { get; } = new[] { "src", "test", "bench", "samples" }
        .SelectMany(folder => Files(folder, "*.cs"))
        .Select(path => new SourceFile(path, Read(path)))
        .ToList();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FerrisDB.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No FerrisDB.slnx above {AppContext.BaseDirectory}.");
    }
}
