using System.Diagnostics;

namespace FerrisDB.Cli;

/// <summary>Finds the compiled library, or compiles it.</summary>
internal static class LibfdbLibrary
{
    public const string FileName = "libfdb_c.so";

    private const string Project = "src/FerrisDB.Native/FerrisDB.Native.csproj";
    private const string OutputFolder = "artifacts/libfdb";

    /// <summary>Programs that compiling needs, each with what brings it.</summary>
    private static readonly (string Program, string Advice)[] Needed =
    [
        ("dotnet", "the .NET SDK"),
        ("gcc", "gcc and the headers of zlib (Debian and Ubuntu: apt install gcc libc6-dev zlib1g-dev)"),
    ];

    /// <summary>The path of the library.</summary>
    /// <param name="given">One that the user names, or null.</param>
    /// <param name="console">Where to tell that something takes a while.</param>
    public static string Find(string? given, CliConsole console)
    {
        if (given is not null)
            return new FileInfo(given).Exists ? given : throw new UsageException($"There is no file {given}.");
        var beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (new FileInfo(beside).Exists)
            return beside;
        var root = SourceRoot(new DirectoryInfo(Environment.CurrentDirectory))
            ?? SourceRoot(new DirectoryInfo(AppContext.BaseDirectory))
            ?? throw new UsageException(
                $"There is no {FileName} beside this command. Name one with --library, or run the command in a clone "
                + "of FerrisDB's repository, where it is compiled.");
        return Compile(root, console);
    }

    /// <summary>What is missing to compile, as an advice; null if nothing is.</summary>
    internal static string? Missing(string searchPath)
    {
        var missing = Needed.Where(each => !IsThere(each.Program, searchPath)).Select(each => each.Advice).ToList();
        return missing.Count == 0 ? null : $"To compile the library, install {string.Join(" and ", missing)}.";
    }

    /// <summary>The folder above that has the sources; null if none has.</summary>
    internal static string? SourceRoot(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (new FileInfo(Path.Combine(folder.FullName, Project)).Exists)
                return folder.FullName;
        }
        return null;
    }

    private static string Compile(string root, CliConsole console)
    {
        if (Missing(Environment.GetEnvironmentVariable("PATH") ?? "") is { } advice)
            throw new UsageException(advice);
        console.Error.WriteLine($"Compiling {FileName} from {root}. This takes a minute or two.");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root, RedirectStandardOutput = true };
        foreach (var argument in (string[])
            ["publish", Project, "-c", "Release", "-v", "q", "--nologo", "-p:FerrisNative=true", "-o", OutputFolder])
            start.ArgumentList.Add(argument);
        using var compiler = Process.Start(start) ?? throw new UsageException("dotnet does not start.");
        var told = compiler.StandardOutput.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new UsageException($"The library could not be compiled:\n{told.Trim()}");
        return Path.Combine(root, OutputFolder, FileName);
    }

    private static bool IsThere(string program, string searchPath) => searchPath
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => new FileInfo(Path.Combine(folder, program)).Exists);
}
