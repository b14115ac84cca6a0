using System.Text;
using System.Text.Json;
using FerrisDB.Cli;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Cli;

/// <summary>Runs <c>ferrisdb</c> within the test, on a folder of its own that is gone afterwards.</summary>
public sealed class CliFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-cli-");

    /// <summary>A database that does not exist yet.</summary>
    public string Database => PathOf("db");

    internal FakeTimeProvider Time { get; } = new();

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    internal CliResult Run(params string[] arguments) => RunWith("", arguments);

    internal CliResult RunWith(string input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        using var console =
            new CliConsole(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error) { Time = Time, Seed = 1 };
        var code = CliRunner.Run(arguments, console);
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString(), output.ToArray());
    }

    /// <summary>Runs, and fails unless the command succeeds. Returns its answer without the last end of line.</summary>
    internal string Answer(params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(
            result.Code == ExitCode.Ok, $"{string.Join(' ', arguments)}: exit code {result.Code}, {result.Error}");
        return result.Out.TrimEnd('\n');
    }

    /// <summary>As <see cref="Answer"/>, as the one JSON document.</summary>
    internal JsonElement AnswerInJson(params string[] arguments) =>
        JsonDocument.Parse(Answer([.. arguments, "--json"])).RootElement;

    public void Dispose() => _folder.Delete(recursive: true);
}
