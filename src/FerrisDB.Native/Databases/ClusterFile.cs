namespace FerrisDB.Native;

/// <summary>Finds the cluster file and reads what it says, as FoundationDB's clients do.</summary>
internal static class ClusterFile
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "FDB_CLUSTER_FILE";

    private const string InWorkingFolder = "fdb.cluster";
    private const string OfTheSystem = "/etc/foundationdb/fdb.cluster";
    private const int BytesMax = 1 << 20;

    /// <summary>Where the database is that a program asks for.</summary>
    /// <param name="path">The file that the program names; null or empty to look for it.</param>
    /// <param name="found">The file, or an empty text if there is none.</param>
    /// <exception cref="FerrisException">There is none, or it cannot be read or understood.</exception>
    public static DatabasePlace Read(string? path, out string found)
    {
        var file = Find(path);
        found = file?.FullName ?? "";
        if (file is null)
            throw new FerrisException(ErrorCode.NoClusterFileFound, "There is no cluster file.");
        return DatabasePlace.ParseFile(ReadText(file), file.DirectoryName ?? "/");
    }

    private static string ReadText(FileInfo file)
    {
        if (file.Length > BytesMax)
            throw new FerrisException(ErrorCode.ConnectionStringInvalid, "The cluster file is far too large.");
        try
        {
            using var reader = file.OpenText();
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(
                (ErrorCode)NativeErrors.FileNotReadable, "The cluster file cannot be read.", failure);
        }
    }

    private static FileInfo? Find(string? path)
    {
        if (string.IsNullOrEmpty(path))
            path = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(path))
            return IfThere(path);
        return IfThere(InWorkingFolder) ?? IfThere(OfTheSystem);
    }

    private static FileInfo? IfThere(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file : null;
    }
}
