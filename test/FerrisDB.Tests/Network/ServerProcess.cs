using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FerrisDB.Tests.Network;

/// <summary>`ferrisdb serve` as a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly string _folder;
    private readonly string[] _settings;
    private Process _process;

    private ServerProcess(string folder, string[] settings)
    {
        _folder = folder;
        _settings = settings;
        _process = Start("127.0.0.1:0");
    }

    /// <summary>What it printed for its clients.</summary>
    public string ConnectionString { get; private set; } = "";

    public string ClusterFile => Path.Combine(_folder, "fdb.cluster");

    /// <summary>Serves a folder, and listens when this returns.</summary>
    public static ServerProcess Serve(string folder, params string[] settings) => new(folder, settings);

    /// <summary>Runs `ferrisdb` to its end. Returns its exit code and what it has said.</summary>
    public static (int Code, string Out) RunCli((string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = StartCli(environment, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>Kills it at whatever it is doing, and starts it again at the same address.</summary>
    public void KillAndStartAgain()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = Start(ConnectionString.Split('@')[1]);
    }

    /// <summary>Sends a signal: STOP, CONT, TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended by itself. Returns its exit code and what else it has said.</summary>
    public (int Code, string Out) WaitForExit()
    {
        var rest = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, rest);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Starts `ferrisdb`; its standard input and output are the caller's.</summary>
    public static Process StartCli(params string[] arguments) => StartCli([], arguments);

    private static Process StartCli((string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "FerrisDB.Cli"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // The runtime that runs the tests, wherever it is installed: .../shared/Microsoft.NETCore.App/VERSION/.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        // What a server logs is not what a test looks at.
        start.Environment["FERRISDB_LOG_LEVEL"] = "warning";
        return Process.Start(start)!;
    }

    private Process Start(string listen)
    {
        var process = StartCli(["serve", "--data", _folder, "--listen", listen, .. _settings]);
        const string LastLine = "or by: ";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith(LastLine, StringComparison.Ordinal))
                continue;
            ConnectionString = line[LastLine.Length..];
            return process;
        }
        throw new InvalidOperationException("The server has ended before it listened.");
    }
}
