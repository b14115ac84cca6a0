using System.CommandLine;
using System.Globalization;
using System.Text;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Lists the keys that the server reads and writes most.</summary>
internal sealed class HotKeysCommand() : Verb(
    "hotkeys", "Lists the keys that are read and written most now.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Examples => [""];

    public override string Notes => """
        From a sample of the last half minute to minute, in bounded memory: a share is at most what is told, and at
        least that without its error. A range counts for the key where it begins. Longer keys than 128 bytes count
        together by their first 128.
        """;

    public override bool UsesTransactions(ParseResult arguments) => true;

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        var document = Blocking.Wait(ServerOperator.AskHotKeysAsync(context.Session.Database));
        if (context.IsJson)
        {
            context.Out.WriteLine(Encoding.UTF8.GetString(document));
            return ExitCode.Ok;
        }
        var report = ServerOperator.ParseHotKeys(document);
        Print("read", report.Reads, context.Out);
        context.Out.WriteLine();
        Print("written", report.Writes, context.Out);
        return ExitCode.Ok;
    }

    private static void Print(string what, HotKeyReport.Side side, TextWriter writer)
    {
        if (side.Keys.Count == 0)
        {
            writer.WriteLine($"nothing was {what} lately");
            return;
        }
        var table = new TextTable($"key {what}", "share", "error", "per second");
        foreach (var key in side.Keys)
            table.Add(
                key.Key.Length > 0 ? key.Key : "''", Share(key.Share), Share(key.ShareError),
                StatusText.Rate(key.Share * side.PerSecond));
        table.WriteTo(writer);
    }

    private static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
