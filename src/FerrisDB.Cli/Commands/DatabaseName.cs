using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>What stands for a database on a command line: a folder, or how to reach a cluster.</summary>
internal static class DatabaseName
{
    /// <summary>Stands for the cluster file that the environment, or else its usual place, names.</summary>
    private const string Usual = "@";

    /// <summary>Where a cluster file is looked for, as in FoundationDB.</summary>
    private const string Variable = "FDB_CLUSTER_FILE";

    private static readonly string[] UsualPlaces = [ClusterFile.Name, "/etc/foundationdb/fdb.cluster"];

    public static Argument<string> Argument() => new("db")
    {
        Description = "The folder of the database; or of a server the cluster file, its connection string, or @ for "
            + $"the cluster file that {Variable} names.",
    };

    /// <summary>The cluster file or connection string; null if this is a folder.</summary>
    public static string? ClusterOf(string name)
    {
        if (name == Usual)
            return UsualFile();
        // A folder may be called a@b, but not when it is a connection string.
        var isString = name.Contains('@') && name.Contains(':') && !Path.Exists(name);
        return isString || new FileInfo(name).Exists ? name : null;
    }

    /// <summary>The cluster file in a folder, if it was ever served.</summary>
    public static string? ClusterIn(string folder)
    {
        var file = Path.Combine(folder, ClusterFile.Name);
        return new FileInfo(file).Exists ? file : null;
    }

    private static string UsualFile()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        return !string.IsNullOrEmpty(named)
            ? named
            : UsualPlaces.FirstOrDefault(place => new FileInfo(place).Exists)
                ?? throw new FerrisException(
                    ErrorCode.NoClusterFileFound,
                    $"{Variable} names no cluster file, and there is none at {string.Join(" or ", UsualPlaces)}.");
    }
}
