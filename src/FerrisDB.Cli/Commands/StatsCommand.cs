using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Prints how the database stands.</summary>
internal sealed class StatsCommand()
    : Verb("stats", "Prints the levels, sizes, MemTables, memory and stalls of the database.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Examples => ["", "--json"];

    public override string Notes => """
        Counters of events, such as waits of writers, begin when the database is opened: in the shell they tell of the session.
        """;

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        var stats = StatsJson.Of(context.Engine);
        if (context.IsJson)
            context.WriteJson(stats, CliJson.Relaxed.StatsJson);
        else
            Print(stats, context.Out);
        return ExitCode.Ok;
    }

    private static void Print(StatsJson stats, TextWriter writer)
    {
        writer.WriteLine($"{stats.Folder}, version {Amounts.Count(stats.LastVersion)}");
        if (stats.Failure is not null)
            writer.WriteLine($"WRITES HAVE STOPPED: {stats.Failure}");
        writer.WriteLine();
        PrintSizes(stats, writer);
        writer.WriteLine();
        PrintMemory(stats, writer);
        writer.WriteLine();
        var amplification = stats.SpaceAmplification.ToString("0.00", CultureInfo.InvariantCulture);
        writer.WriteLine($"read amplification   {Amounts.Count(stats.SortedRuns, "sorted run")} at most for a read");
        writer.WriteLine($"space amplification  {amplification} times the lowest level");
        writer.WriteLine($"write stalls         {Stalls(stats.WriteStall)}");
        writer.WriteLine($"snapshots            {Amounts.Count(stats.Snapshots)}");
    }

    private static void PrintSizes(StatsJson stats, TextWriter writer)
    {
        var table = new TextTable("", "tables", "size", "entries", "tombstones", "range tombstones");
        foreach (var memTable in stats.MemTables)
        {
            table.Add(
                memTable.IsSealed ? "sealed MemTable" : "active MemTable", "", Amounts.Bytes(memTable.Bytes),
                Amounts.Count(memTable.Entries), "", Amounts.Count(memTable.RangeTombstones));
        }
        foreach (var level in stats.Levels)
        {
            table.Add(
                $"L{level.Level}", Amounts.Count(level.Tables), Amounts.Bytes(level.Bytes), Amounts.Count(level.Entries),
                Amounts.Count(level.Tombstones), Amounts.Count(level.RangeTombstones));
        }
        table.Add("all tables", Amounts.Count(stats.TableCount), Amounts.Bytes(stats.TableBytes), "", "", "");
        table.Add("log", "", Amounts.Bytes(stats.WalBytes), "", "", "");
        table.WriteTo(writer);
    }

    private static void PrintMemory(StatsJson stats, TextWriter writer)
    {
        var memory = stats.Memory;
        var memTables = stats.MemTables.Sum(memTable => memTable.CapacityBytes);
        writer.WriteLine($"memory budget        {Amounts.Bytes(memory.BudgetBytes)}");
        writer.WriteLine($"  MemTables          {Amounts.Bytes(memTables)}");
        var cacheBudget = Amounts.Bytes(memory.BlockCacheBudgetBytes);
        writer.WriteLine($"  block cache        {Amounts.Bytes(memory.BlockCacheBytes)} of {cacheBudget}");
        writer.WriteLine($"  open tables        {Amounts.Bytes(memory.OpenTableBytes)} for {Amounts.Count(memory.OpenTables)}");
    }

    private static string Stalls(StatsJson.WaitingWriters stall)
    {
        var now = stall.Reason == nameof(WriteStallReason.None) ? "none now" : $"now: {stall.Reason}";
        return $"{now}, {Amounts.Count(stall.Waits, "wait")}, {Amounts.Time(TimeSpan.FromSeconds(stall.WaitedSeconds))} in all";
    }
}
