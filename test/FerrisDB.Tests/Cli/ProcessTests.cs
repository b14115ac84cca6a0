using System.Diagnostics;
using System.Runtime.InteropServices;
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
