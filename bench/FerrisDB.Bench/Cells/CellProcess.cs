using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>
/// Runs a cell in a process of its own, so that memory, garbage and compiled code of one cell do not touch another.
/// </summary>
internal static class CellProcess
{
    /// <summary>The hidden command that this program calls itself with.</summary>
    public const string Command = "cell";

    private const string ResultMark = "cell-result ";
    private const int KilledExitCode = 128 + 9;

    /// <summary>A hanging engine must not hang the run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>What the child does.</summary>
    public static int RunChild(string request, EngineCatalog engines)
    {
        var cell = JsonSerializer.Deserialize<CellRequest>(request, BenchJson.Compact)!;
        var result = Cell.Run(cell, engines);
        Console.Out.WriteLine(ResultMark + JsonSerializer.Serialize(result, BenchJson.Compact));
        return result.Error is null ? 0 : 1;
    }

    /// <summary>What the parent does.</summary>
    /// <param name="realtime">Run it at real-time priority, so that a wake-up after an fsync does not wait for a timer
    /// tick.</param>
    public static CellResult Run(CellRequest cell, bool realtime)
    {
        using var process = Start(cell, realtime);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            return Cell.Empty(cell) with { Error = $"gave no result in {Patience.TotalMinutes:0} minutes" };
        }
        var result = output.Result.Split('\n')
            .LastOrDefault(line => line.StartsWith(ResultMark, StringComparison.Ordinal));
        if (result is not null)
            return JsonSerializer.Deserialize<CellResult>(result[ResultMark.Length..], BenchJson.Compact)!;
        if (cell.Phase == CellPhase.WriteUntilKilled && process.ExitCode == KilledExitCode)
            return Cell.Empty(cell);
        var lastWords = errors.Result.Trim();
        var shown = lastWords.Length > 500 ? lastWords[..500] : lastWords;
        return Cell.Empty(cell) with { Error = $"its process ended with {process.ExitCode}: {shown}" };
    }

    private static Process Start(CellRequest cell, bool realtime)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(realtime ? "chrt" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (realtime)
        {
            start.ArgumentList.Add("--rr");
            start.ArgumentList.Add(1.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(program);
        }
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(JsonSerializer.Serialize(cell, BenchJson.Compact));
        return Process.Start(start) ?? throw new InvalidOperationException($"cannot start {start.FileName}");
    }
}
