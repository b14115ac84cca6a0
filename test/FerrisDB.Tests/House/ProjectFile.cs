using System.Xml.Linq;

namespace FerrisDB.Tests.House;

/// <summary>What a project says about its neighbours.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _document;

    public ProjectFile(string path, string text)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        _document = XDocument.Parse(text);
    }

    public static IReadOnlyList<ProjectFile> All { get; } = new[] { "src", "test", "bench", "samples" }
        .SelectMany(folder => RepositoryTree.Files(folder, "*.csproj"))
        .Select(path => new ProjectFile(path, RepositoryTree.Read(path)))
        .ToList();

    public string Path { get; }

    public string Name { get; }

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>Names of the projects that this one builds on.</summary>
    public IReadOnlyList<string> ProjectReferences =>
        Includes("ProjectReference").Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).ToList();

    public IReadOnlyList<string> PackageReferences => Includes("PackageReference");

    public IReadOnlyList<string> FrameworkReferences => Includes("FrameworkReference");

    /// <summary>Names of the assemblies that see this one's internals.</summary>
    public IReadOnlyList<string> Friends => Includes("InternalsVisibleTo");

    private List<string> Includes(string item) =>
        _document.Descendants(item).Attributes("Include").Select(attribute => attribute.Value).ToList();
}
