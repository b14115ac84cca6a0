using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

/// <summary>The command as it is used: as processes with pipes, exit codes and sudden deaths.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Exit_codes_reach_the_shell_that_started_the_process()
    {
        Assert.Equal((ExitCode.Ok, "ok\n"), Run("set", _cli.Database, "a", "1"));
        Assert.Equal((ExitCode.Ok, "1\n"), Run("get", _cli.Database, "a"));
        Assert.Equal((ExitCode.NotFound, ""), Run("get", _cli.Database, "b"));
        Assert.Equal((ExitCode.Usage, ""), Run("get"));
        Assert.Equal((ExitCode.Database, ""), Run("get", _cli.PathOf("nowhere"), "a"));
    }

    [Fact]
    public void Each_write_of_a_script_is_acknowledged_before_the_next_is_sent()
    {
        using var shell = Start("shell", _cli.Database);
        for (var i = 0; i < 20; i++)
        {
            shell.StandardInput.Write($"set key{i} {i}\n");
            shell.StandardInput.Flush();
            Assert.Equal("ok", shell.StandardOutput.ReadLine());
        }
        shell.StandardInput.Close();
        shell.WaitForExit();

        Assert.Equal(ExitCode.Ok, shell.ExitCode);
        Assert.Equal("20", _cli.Answer("count", _cli.Database));
    }

    [Fact]
    public void A_second_process_is_told_who_has_the_folder()
    {
        using var shell = Start("shell", _cli.Database);
        shell.StandardInput.Write("set a 1\n");
        shell.StandardInput.Flush();
        Assert.Equal("ok", shell.StandardOutput.ReadLine());

        var result = _cli.Run("get", _cli.Database, "a");

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains($"{shell.Id}", result.Error, StringComparison.Ordinal);
        shell.StandardInput.Close();
        shell.WaitForExit();
        Assert.Equal("1", _cli.Answer("get", _cli.Database, "a"));
    }

    [Theory]
    [InlineData("sync", 3)]
    [InlineData("process", 40)]
    [InlineData("process", 400)]
    public void Everything_acknowledged_is_there_after_a_kill(string durability, int acknowledged)
    {
        using var shell = Start("shell", _cli.Database, "--durability", durability);
        for (var i = 0; i < 2 * acknowledged; i++)
            shell.StandardInput.Write($"set key{i:00000} {i}\n");
        shell.StandardInput.Flush();
        for (var i = 0; i < acknowledged; i++)
            Assert.Equal("ok", shell.StandardOutput.ReadLine());
        shell.Kill();
        shell.WaitForExit();

        var lines = _cli.Run("range", _cli.Database).Lines;

        Assert.InRange(lines.Length, acknowledged, 2 * acknowledged);
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => $"key{i:00000}\t{i}"), lines);
    }

    [Fact]
    public void Reading_changes_no_byte_of_the_folder()
    {
        _cli.Answer("set", _cli.Database, "a", "1");
        var before = Folder();
        Assert.Equal((ExitCode.Ok, "1\n"), Run("get", _cli.Database, "a"));
        Assert.Equal((ExitCode.Ok, "a\t1\n"), Run("range", _cli.Database));
        foreach (var verb in (string[])["count", "stats", "verify"])
            _cli.Answer(verb, _cli.Database);
        Assert.Equal(before, Folder());
    }

    [Fact]
    public void A_reader_that_goes_away_early_ends_the_command_quietly()
    {
        var script = string.Concat(Enumerable.Range(0, 400).Select(i => $"set key{i:0000} {new string('v', 1000)}\n"));
        Assert.Equal(ExitCode.Ok, _cli.RunWith(script, "shell", _cli.Database, "--durability", "none").Code);

        // As `ferrisdb range db --limit 0 | head -1`: what is left is more than a pipe holds.
        using var range = Start("range", _cli.Database, "--limit", "0");
        Assert.StartsWith("key0000\t", range.StandardOutput.ReadLine(), StringComparison.Ordinal);
        range.StandardOutput.Close();
        range.WaitForExit();

        Assert.Equal((ExitCode.Ok, ""), (range.ExitCode, range.StandardError.ReadToEnd()));
    }

    [Fact]
    public void Json_is_one_document_on_standard_output_and_all_else_is_on_standard_error()
    {
        _cli.Answer("set", _cli.Database, "a", "1");
        using var missing = Start("get", _cli.PathOf("nowhere"), "a", "--json");
        using var error = JsonDocument.Parse(missing.StandardOutput.ReadToEnd());
        missing.WaitForExit();
        Assert.Equal(ExitCode.Database, missing.ExitCode);
        Assert.StartsWith("error: ", missing.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(error.RootElement.TryGetProperty("error", out _));

        using var range = Start("range", _cli.Database, "--json");
        using var entries = JsonDocument.Parse(range.StandardOutput.ReadToEnd());
        Assert.Equal("", range.StandardError.ReadToEnd());
        Assert.Equal(1, entries.RootElement.GetProperty("count").GetInt32());
    }

    // The lock file is no content: it has the process that wrote last.
    private List<(string Name, string Content)> Folder() =>
        [.. Directory.EnumerateFiles(_cli.Database).Order(StringComparer.Ordinal)
            .Where(path => Path.GetFileName(path) != "LOCK")
            .Select(path => (path, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))))];

    private static (int Code, string Out) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "FerrisDB.Cli"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The runtime that runs the tests, wherever it is installed: .../shared/Microsoft.NETCore.App/VERSION/.
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        return Process.Start(start)!;
    }
}
