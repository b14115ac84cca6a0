namespace FerrisDB.Tests.House;

/// <summary>
/// The walls between the projects: references run one way, and internals are shown to the next floor only.
/// </summary>
internal static class ProjectRules
{
    // From the ground up: a project may build on those before it.
    private static readonly string[] Floors =
        ["FerrisDB.Storage", "FerrisDB.Transactions", "FerrisDB", "FerrisDB.Server", "FerrisDB.Cli"];

    // What each package is for is written in docs/design/0002-dependencies.md.
    private static readonly string[] StoragePackages =
    [
        "K4os.Compression.LZ4", "System.IO.Hashing", "ZstdSharp.Port", "Microsoft.CodeAnalysis.PublicApiAnalyzers",
    ];

    public static IEnumerable<string> ReferencesAgainstTheDirection(ProjectFile project)
    {
        if (!project.IsProduct)
            return [];
        return project.ProjectReferences
            .Where(reference => !MayReference(project.Name, reference))
            .Select(reference => $"{project.Path} references {reference}: a project builds on those before it in "
                + $"{string.Join(", ", Floors)}.");
    }

    public static IEnumerable<string> StrangersInStorage(ProjectFile project)
    {
        if (project.Name != "FerrisDB.Storage")
            return [];
        return project.FrameworkReferences.Concat(project.PackageReferences.Except(StoragePackages))
            .Select(stranger => $"{project.Path} references {stranger}: the storage engine needs no network, no host "
                + "and no package beyond its codecs.");
    }

    public static IEnumerable<string> FriendsFromAfar(ProjectFile project) =>
        project.Friends
            .Where(friend => !IsTestOrBench(friend) && !IsInspector(project.Name, friend)
                && !IsNextFloor(project.Name, friend))
            .Select(friend => $"{project.Path} shows its internals to {friend}: only the next project up, the tests, "
                + "the benchmark and, of the storage engine, `inspect` see them.");

    private static bool MayReference(string project, string reference)
    {
        if (project == "FerrisDB.Native")
            return reference == "FerrisDB";
        var floor = Array.IndexOf(Floors, project);
        return floor > 0 && Floors.AsSpan(0, floor).Contains(reference);
    }

    // The floor above is the nearest one that exists.
    private static bool IsNextFloor(string project, string friend)
    {
        var built = Floors.Where(floor => RepositoryTree.Exists($"src/{floor}")).ToList();
        var floor = built.IndexOf(project);
        return floor >= 0 && floor + 1 < built.Count && built[floor + 1] == friend;
    }

    // `ferrisdb inspect` explains files byte by byte, and knows them from within.
    private static bool IsInspector(string project, string friend) =>
        project == "FerrisDB.Storage" && friend == "FerrisDB.Cli";

    private static bool IsTestOrBench(string name) =>
        name is "FerrisDB.TestKit" or "FerrisDB.Tests" or "FerrisDB.Bench" or "FerrisDB.Bench.Peers";
}
