namespace FerrisDB.Bench;

/// <summary>Copies, measures and removes the folder of a database.</summary>
internal static class DatabaseFolder
{
    /// <summary>
    /// Copies a closed database and waits for the disk, so that the copy's pages are not written during a measurement.
    /// </summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            File.Copy(file, copy);
            using var handle = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }

    /// <summary>
    /// Reads all files once, so that all engines find as much in the operating system's page cache: some systems drop
    /// from it what has not been used for a minute, which is how long the others' cells take.
    /// </summary>
    public static void Warm(string folder)
    {
        var buffer = new byte[1 << 20];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var handle = File.OpenHandle(file);
            for (var offset = 0L; RandomAccess.Read(handle, buffer, offset) is > 0 and var count;)
                offset += count;
        }
    }

    public static (long Data, long Log) Measure(string folder, IBenchedEngine engine)
    {
        var (data, log) = (0L, 0L);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var length = LengthOf(file);
            if (engine.IsLog(Path.GetRelativePath(folder, file.FullName)))
                log += length;
            else
                data += length;
        }
        return (data, log);
    }

    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    // The engine may delete or rename a file of its log between the listing and the look at it.
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
