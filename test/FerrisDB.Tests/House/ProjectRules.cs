namespace FerrisDB.Tests.House;

/// <summary>
/// The walls between the projects: references run one way, and internals are shown to the next floor only.
/// </summary>
internal static class ProjectRules
{
    // From the ground up: a project may build on those before it.
    private static readonly string[] Floors =
        ["FerrisDB.Storage", "FerrisDB.Transactions", "FerrisDB", "FerrisDB.Server", "FerrisDB.Cli"];

    private const string Extensions = "FerrisDB.Extensions";
    private const string Testing = "FerrisDB.Testing";
    private const string BackupStore = "FerrisDB.Backup.S3";

    private const string Analyzers = "Microsoft.CodeAnalysis.PublicApiAnalyzers";

    // What each package is for is written in docs/design/0002-dependencies.md. Whoever takes a library gets its
    // packages too, so those are few, and what meets a framework stands apart.
    private static readonly Dictionary<string, string[]> LibraryPackages = new()
    {
        ["FerrisDB.Storage"] = ["K4os.Compression.LZ4", "System.IO.Hashing", "ZstdSharp.Port", Analyzers],
        ["FerrisDB.Transactions"] = [Analyzers],
        ["FerrisDB"] = [Analyzers],
        ["FerrisDB.Server"] =
        [
            "Microsoft.AspNetCore.App", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
            "OpenTelemetry.Exporter.Prometheus.AspNetCore", "System.ServiceProcess.ServiceController",
        ],
        [Testing] = [Analyzers],
        [BackupStore] = ["AWSSDK.S3", Analyzers],
        [Extensions] =
        [
            "Microsoft.Extensions.Caching.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks",
            "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options.ConfigurationExtensions",
            Analyzers,
        ],
    };

    public static IEnumerable<string> ReferencesAgainstTheDirection(ProjectFile project)
    {
        if (!project.IsProduct)
            return [];
        return project.ProjectReferences
            .Where(reference => !MayReference(project.Name, reference))
            .Select(reference => $"{project.Path} references {reference}: a project builds on those before it in "
                + $"{string.Join(", ", Floors)}.");
    }

    public static IEnumerable<string> StrangersInLibraries(ProjectFile project)
    {
        if (!project.IsProduct || !LibraryPackages.TryGetValue(project.Name, out var packages))
            return [];
        return project.FrameworkReferences.Concat(project.PackageReferences).Except(packages)
            .Select(stranger => $"{project.Path} references {stranger}: the storage engine needs its codecs, the "
                + "database nothing else, and what meets a framework is a project of its own.");
    }

    public static IEnumerable<string> FriendsFromAfar(ProjectFile project) =>
        project.Friends
            .Where(friend => !IsTestOrBench(friend) && !IsInspector(project.Name, friend)
                && !IsDecorator(project.Name, friend) && !IsOtherFace(project.Name, friend)
                && !IsHost(project.Name, friend)
                && !IsNextFloor(project.Name, friend))
            .Select(friend => $"{project.Path} shows its internals to {friend}: only the next project up, the tests, "
                + "the benchmark, of the storage engine `inspect` and of the database FerrisDB.Testing and "
                + "FerrisDB.Native see them.");

    private static bool MayReference(string project, string reference)
    {
        if (project is "FerrisDB.Native" or Extensions or Testing or BackupStore)
            return reference == "FerrisDB";
        if (reference == BackupStore)
            return project == "FerrisDB.Cli";
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

    // The server puts the roles behind a network; it needs them and their messages, and nothing of the client.
    private static bool IsHost(string project, string friend) =>
        project == "FerrisDB.Transactions" && friend == "FerrisDB.Server";

    // It stands between a database and its roles, and decides there what fails.
    private static bool IsDecorator(string project, string friend) =>
        friend == Testing && (project is "FerrisDB" or "FerrisDB.Transactions");

    // The same database for C: it hands commits to other threads, and takes errors without throwing them.
    private static bool IsOtherFace(string project, string friend) =>
        project == "FerrisDB" && friend == "FerrisDB.Native";

    private static bool IsTestOrBench(string name) =>
        name is "FerrisDB.TestKit" or "FerrisDB.Tests" or "FerrisDB.Bench" or "FerrisDB.Bench.Peers";
}
