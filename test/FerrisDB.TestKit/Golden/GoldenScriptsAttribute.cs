using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace FerrisDB.TestKit;

/// <summary>Gives a theory each script of <c>golden/FOLDER/*.txt</c> beside its source file.</summary>
/// <param name="folder">A folder of golden scripts.</param>
/// <param name="source">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenScriptsAttribute(string folder, [CallerFilePath] string source = "") : DataAttribute
{
    /// <summary>The folder of golden scripts.</summary>
    public string Folder { get; } = folder;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var path = Path.Combine(GoldenFile.FolderBeside(source), Folder);
        var rows = Directory.EnumerateFiles(path, "*.txt")
            .Order(StringComparer.Ordinal)
            .Select(file => new TheoryDataRow<GoldenScript>(new GoldenScript(file)))
            .ToArray();
        return rows.Length == 0
            ? throw new FileNotFoundException($"No golden script lies in {path}.")
            : ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(rows);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => false;
}
