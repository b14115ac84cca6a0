namespace FerrisDB.Cli;

/// <summary>Writes what programs need that link with the library.</summary>
internal static class LibfdbInstallation
{
    private const string HeaderPrefix = "libfdb/";
    private const string Version = "7.3.79";

    /// <summary>Writes it below a folder. The files, in the order in which they were written.</summary>
    public static IReadOnlyList<string> Write(string library, string target)
    {
        var root = new DirectoryInfo(target).FullName;
        List<string> files = [Copy(library, Path.Combine(root, "lib", LibfdbLibrary.FileName))];
        var assembly = typeof(LibfdbInstallation).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(HeaderPrefix, StringComparison.Ordinal))
                continue;
            using var header = assembly.GetManifestResourceStream(name)!;
            files.Add(Write(header, Path.Combine(root, "include", "foundationdb", name[HeaderPrefix.Length..])));
        }
        files.Add(WriteText(PackageOf(root), Path.Combine(root, "lib", "pkgconfig", "foundationdb-client.pc")));
        var clusterFile = Path.Combine(root, "fdb.cluster");
        if (!new FileInfo(clusterFile).Exists)
            files.Add(WriteText(ClusterFileOf(root), clusterFile));
        return files;
    }

    private static string PackageOf(string root) => $$"""
        prefix={{root}}
        libdir=${prefix}/lib
        includedir=${prefix}/include

        Name: foundationdb-client
        Description: FerrisDB behind FoundationDB's C interface
        Version: {{Version}}
        Libs: -L${libdir} -lfdb_c
        Cflags: -I${includedir}

        """;

    private static string ClusterFileOf(string root) => $"""
        # Which database programs open: set FDB_CLUSTER_FILE to this file, or copy it to where they run.
        # Others: ferrisdb:memory@NAME, in the memory of the program; DESCRIPTION:ID@HOST:PORT, a server.
        ferrisdb:embedded@{Path.Combine(root, "ferrisdb-data")}

        """;

    private static string Copy(string source, string target)
    {
        using var library = new FileInfo(source).OpenRead();
        return Write(library, target);
    }

    private static string WriteText(string text, string target) =>
        Write(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), target);

    // A program may have the old library open: the new one takes its name, and the program keeps the old file.
    private static string Write(Stream content, string target)
    {
        var file = new FileInfo(target);
        file.Directory!.Create();
        var fresh = new FileInfo(target + ".new");
        using (var stream = fresh.Create())
            content.CopyTo(stream);
        fresh.MoveTo(target, overwrite: true);
        return target;
    }
}
