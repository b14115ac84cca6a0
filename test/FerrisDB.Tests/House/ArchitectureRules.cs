using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>The walls of the house inside a project: where each kind of code may stand.</summary>
internal static partial class ArchitectureRules
{
    private const string Storage = "src/FerrisDB.Storage/";

    // Native memory pays here: each of these folders has its numbers in the benchmark.
    private static readonly string[] UnsafeFolders =
    [
        Storage + "MemTables/", Storage + "SSTables/", Storage + "Caching/", Storage + "Wal/", Storage + "Files/",
        Storage + "Runtime/", "src/FerrisDB.Transactions/Resolver/",
        // What C programs hand over and get is pointers.
        "src/FerrisDB.Native/Entries/", "src/FerrisDB.Native/Futures/", "src/FerrisDB.Native/Network/",
    ];

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new(
            "A project has one namespace, named like it",
            "Folders are chapters, not namespaces. The public words of Vocabulary/ are in namespace FerrisDB, the "
                + "layers in FerrisDB.Layers, registrations where users of Microsoft.Extensions look for them.",
            NamespacesOutOfPlace,
            Storage + "Wal/Sample.cs",
            "namespace FerrisDB.Storage.Wal;\n"),
        new(
            "The operating system is called in Files/ alone",
            "Add what you need to IFileSystem, IFile or NativeBuffer.",
            file => SourceRule.Matching(file.CodeLines, NativeCall()),
            Storage + "Wal/Sample.cs",
            "class Sample\n{\n    [DllImport(\"libc\")]\n    static extern int fsync(int handle);\n}\n")
        {
            AppliesTo = path => IsBelow(path, "src/") && !IsBelow(path, Storage + "Files/"),
        },
        new(
            "Files are reached through IFileSystem",
            "Take an IFileSystem or an IFile; DiskFileSystem is the only code that opens one.",
            file => SourceRule.Matching(file.CodeLines, FileCall()),
            Storage + "Wal/Sample.cs",
            "class Sample\n{\n    void A() => File.Delete(B());\n}\n")
        {
            AppliesTo = path => IsBelow(path, Storage) && !IsBelow(path, Storage + "Files/"),
        },
        new(
            "Unsafe code stands only where a benchmark pays for it",
            $"Use spans, or move the hot part into {string.Join(", ", UnsafeFolders)}.",
            file => SourceRule.Matching(file.CodeLines, Unsafe()),
            Storage + "Manifest/Sample.cs",
            "class Sample\n{\n    unsafe void A()\n    {\n    }\n}\n")
        {
            AppliesTo = path => IsBelow(path, "src/") && !UnsafeFolders.Any(folder => IsBelow(path, folder)),
        },
        new(
            "Threads are started by the scheduler alone",
            "Schedule a BackgroundJob; the schedulers of Runtime/ are the only code that starts a thread.",
            file => SourceRule.Matching(file.CodeLines, NewThread()),
            Storage + "Wal/Sample.cs",
            "class Sample\n{\n    Thread _a = new Thread(B);\n}\n")
        {
            AppliesTo = path => IsBelow(path, Storage) && !IsBelow(path, Storage + "Runtime/"),
        },
    ];

    private static IEnumerable<int> NamespacesOutOfPlace(SourceFile file)
    {
        var parts = file.Path.Split('/');
        var chapter = parts.Length > 3 ? parts[2] : "";
        var expected = chapter == "Vocabulary" ? "FerrisDB"
            : parts[1] == "FerrisDB" && chapter == "Layers" ? "FerrisDB.Layers"
            : chapter == "Registration" ? "Microsoft.Extensions.DependencyInjection"
            : parts[1];
        return Enumerable.Range(1, file.CodeLines.Length).Where(number =>
            Namespace().Match(file.CodeLines[number - 1]) is { Success: true } match
            && !IsInPlace(match.Groups["name"].Value, expected, file.Path));
    }

    // The tests say which chapter they are about.
    private static bool IsInPlace(string found, string expected, string path) =>
        found == expected || (!IsBelow(path, "src/") && found.StartsWith(expected + ".", StringComparison.Ordinal));

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder, StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\[\s*(DllImport|LibraryImport)\b")]
    private static partial Regex NativeCall();

    [GeneratedRegex(@"(?<![\w.])(File|Directory|RandomAccess|MemoryMappedFile)\s*\.\s*\w+\s*\(|\bnew\s+FileStream\b")]
    private static partial Regex FileCall();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bnew\s+Thread\b|\bThreadPool\s*\.\s*\w*Queue|\bTask\s*\.\s*(Run|Factory)\b")]
    private static partial Regex NewThread();
}
