using System.Globalization;
using System.Xml.Linq;
using FerrisDB.Storage;

namespace FerrisDB.Tests.House;

/// <summary>
/// The documentation is true where a test can tell: links, lists that must be complete, code that compiles.
/// </summary>
public sealed class DocsTests
{
    private const string Formats = "docs/formats/README.md";
    private const string Dependencies = "docs/design/0002-dependencies.md";

    // Every folder of these is a chapter.
    private static readonly string[] Books =
        ["src/FerrisDB.Storage", "src/FerrisDB.Transactions", "src/FerrisDB", "src/FerrisDB.Server"];

    [Fact]
    public void Every_relative_link_leads_to_something()
    {
        Assert.Single(DocumentRules.DeadLinks(new MarkdownPage("README.md", "See [it](docs/missing.md).")));
        Assert.Single(DocumentRules.DeadLinks(new MarkdownPage("README.md", "See [it](LICENSE#L1-L99999).")));
        Assert.Single(DocumentRules.DeadLinks(new MarkdownPage("docs/a.md", "See [it](../README.md#nowhere).")));
        Assert.Empty(DocumentRules.DeadLinks(new MarkdownPage("docs/a.md", "See [it](../LICENSE#L1-L2).")));

        TidyTests.AssertNone(MarkdownPage.All.SelectMany(DocumentRules.DeadLinks));
    }

    [Fact]
    public void Every_kind_of_file_has_a_page()
    {
        var page = Page(Formats);
        Assert.Single(DocumentRules.WithoutRow(page, ["NoSuchKind"]));

        TidyTests.AssertNone(DocumentRules.WithoutRow(page, Enum.GetNames<FileKind>()));
    }

    [Fact]
    public void Every_page_of_a_format_and_every_decision_is_in_its_index()
    {
        foreach (var folder in new[] { "docs/formats", "docs/design" })
        {
            var index = Page($"{folder}/README.md").Links.Select(link => link.Target).ToHashSet();
            var missing = RepositoryTree.Files(folder, "*.md").Where(path => !index.Contains(path))
                .Where(path => path != $"{folder}/README.md")
                .Select(path => $"{path} is not linked from {folder}/README.md.");

            TidyTests.AssertNone(missing);
        }
    }

    [Fact]
    public void The_example_of_the_readme_is_the_program_that_a_consumer_of_the_package_runs()
    {
        var example = Page("README.md").CodeBlocks("csharp").First();

        Assert.Equal(RepositoryTree.Read("test/consumer/Program.cs").ReplaceLineEndings("\n"), example);
    }

    [Fact]
    public async Task The_second_example_of_the_readme_runs()
    {
        // begin
        using var database = Database.OpenInMemory();
        await database.RunAsync(transaction => transaction.Set("greeting"u8, "hello"u8));
        // end

        Assert.NotNull(await database.ReadAsync(transaction => transaction.GetAsync("greeting"u8)));
        var source = RepositoryTree.Read("test/FerrisDB.Tests/House/DocsTests.cs").ReplaceLineEndings("\n");
        var code = source.Split("        // begin\n")[1].Split("        // end\n")[0];
        Assert.Equal(code.Replace("        ", ""), Page("README.md").CodeBlocks("csharp").Last());
    }

    [Fact]
    public void Every_option_mutation_mode_and_error_has_its_row_and_number_on_the_page_about_FoundationDB()
    {
        var page = Page("docs/fdb-compatibility.md").Text;
        Type[] kinds =
        [
            typeof(TransactionOption), typeof(DatabaseOption), typeof(MutationType), typeof(StreamingMode),
            typeof(ErrorCode),
        ];

        var missing = kinds.SelectMany(kind => Enum.GetValues(kind).Cast<Enum>())
            .Select(item => $"| `{item}` | {Convert.ToInt32(item, CultureInfo.InvariantCulture)} |")
            .Where(row => !page.Contains(row, StringComparison.Ordinal))
            .Select(row => $"docs/fdb-compatibility.md has no row that begins with {row}");
        TidyTests.AssertNone(missing);
    }

    [Fact]
    public void Every_package_has_a_reason()
    {
        var versions = XDocument.Parse(RepositoryTree.Read("Directory.Packages.props")).Descendants("PackageVersion");
        var packages = versions.Select(version => version.Attribute("Include")!.Value);

        TidyTests.AssertNone(DocumentRules.WithoutRow(Page(Dependencies), packages));
    }

    [Fact]
    public void Every_chapter_is_explained()
    {
        var chapters = Books.SelectMany(book => Directory.EnumerateDirectories(Path.Combine(RepositoryTree.Root, book)))
            .Where(path => Directory.EnumerateFiles(path, "*.cs").Any())
            .Select(path => Path.GetFileName(path));

        TidyTests.AssertNone(DocumentRules.WithoutRow(Page("ARCHITECTURE.md"), chapters));
    }

    [Fact]
    public void Nothing_speaks_of_one_machine()
    {
        Assert.Single(DocumentRules.PrivatePlaces("README.md", "Look into /" + "home/me/ferrisdb."));
        Assert.Single(DocumentRules.PrivatePlaces("README.md", "From https://api.nuget" + ".org/v3."));

        var files = new[] { "*.cs", "*.csproj", "*.props", "*.config", "*.json", "*.txt" }
            .SelectMany(pattern => RepositoryTree.Files("", pattern))
            .Select(path => (path, text: RepositoryTree.Read(path)))
            .Concat(MarkdownPage.All.Select(page => (path: page.Path, text: page.Text)));

        TidyTests.AssertNone(files.SelectMany(file => DocumentRules.PrivatePlaces(file.path, file.text)));
    }

    [Fact]
    public void The_readme_starts_the_program_and_the_tests_with_one_command_each()
    {
        var readme = Page("README.md").Text;

        Assert.Matches(@"\ndotnet run -c Release --project src/FerrisDB\.Cli -- shell mydb\n", readme);
        Assert.Matches(@"\ndotnet test -c Release\n", readme);
        Assert.Matches(@"\n +dotnet test -c Release 2>&1", RepositoryTree.Read(".ci/run"));
    }

    private static MarkdownPage Page(string path) => MarkdownPage.All.Single(page => page.Path == path);
}
