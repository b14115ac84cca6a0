using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Prints how the database stands.</summary>
internal sealed class StatsCommand() : Verb(
    "stats", "Prints levels, sizes, memory, caches, amplification and stalls.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Examples => ["", "--json"];

    public override string Notes => """
        What was written, read and waited for is counted from the opening of the database on: the shell tells it of its
        session.
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
        foreach (var mark in stats.Marks)
            writer.WriteLine($"mark: {mark}");
        writer.WriteLine();
        PrintTree(stats, writer);
        writer.WriteLine();
        PrintMemory(stats, writer);
        writer.WriteLine();
        writer.WriteLine($"space amplification  {Times(stats.Amplification.Space)} the deepest level");
        var runs = Amounts.Count(stats.Amplification.SortedRuns, "sorted run");
        writer.WriteLine($"read amplification   {runs} to look at if a key is absent");
        if (stats.Reads.SampledGets > 0)
            PrintReads(stats, writer);
        if (stats.Writes.Entries > 0 || stats.Writes.Flushes > 0 || stats.Writes.Compactions > 0)
            PrintWrites(stats, writer);
        if (stats.CompactionDebtBytes > 0)
            writer.WriteLine($"compaction debt      {Amounts.Bytes(stats.CompactionDebtBytes)} still to be read");
        writer.WriteLine($"write stalls         {Stalls(stats.WriteStall)}");
        if (stats.Scrub.BytesRead > 0)
            writer.WriteLine($"scrub                {Scrub(stats.Scrub)}");
        foreach (var running in stats.RunningCompactions)
        {
            writer.WriteLine(
                $"compacting now       L{running.Level} into L{running.OutputLevel}, "
                    + $"{Amounts.Bytes(running.InputBytes)}: "
                + running.Reason);
        }
        var cursors = Amounts.Count(stats.OpenCursors, "cursor");
        writer.WriteLine($"open                 {Amounts.Count(stats.Snapshots, "snapshot")}, {cursors}");
    }

    private static void PrintTree(StatsJson stats, TextWriter writer)
    {
        var table = new TextTable("", "tables", "size", "entries", "tombstones", "range tombstones");
        table.Add(
            "active MemTable", "", Amounts.Bytes(stats.ActiveMemTable.Bytes),
            Amounts.Count(stats.ActiveMemTable.Entries), "", "");
        if (stats.SealedMemTables.Count > 0)
        {
            table.Add(
                $"{Amounts.Count(stats.SealedMemTables.Count)} sealed", "", Amounts.Bytes(stats.SealedMemTables.Bytes),
                Amounts.Count(stats.SealedMemTables.Entries), "", "");
        }
        foreach (var level in stats.Levels.Where(level => level.Tables > 0))
        {
            table.Add(
                $"L{level.Level}", Amounts.Count(level.Tables), Amounts.Bytes(level.Bytes),
                Amounts.Count(level.Entries),
                Amounts.Count(level.Tombstones), Amounts.Count(level.RangeTombstones));
        }
        table.Add("all tables", Amounts.Count(stats.Tables), Amounts.Bytes(stats.TableBytes), "", "", "");
        if (stats.Blobs.Count > 0)
        {
            table.Add(
                "blobs", Amounts.Count(stats.Blobs.Count), Amounts.Bytes(stats.Blobs.Bytes),
                $"{Amounts.Bytes(stats.Blobs.LiveBytes)} live", "", "");
        }
        table.Add("log files", "", Amounts.Bytes(stats.LogFileBytes), "", "", "");
        table.WriteTo(writer);
    }

    private static void PrintMemory(StatsJson stats, TextWriter writer)
    {
        var memory = stats.Memory;
        writer.WriteLine($"memory budget        {Amounts.Bytes(memory.BudgetBytes)}");
        writer.WriteLine($"  MemTables          {Amounts.Bytes(memory.MemTableBytes)}");
        writer.WriteLine(
            $"  block cache        {Amounts.Bytes(memory.BlockCacheBytes)} of "
                + $"{Amounts.Bytes(memory.BlockCacheBudgetBytes)}, "
            + $"{Amounts.Count(memory.BlockCacheFills, "block")} read, {Amounts.Count(memory.BlockCacheEvictions)} "
            + $"evicted");
        writer.WriteLine(
            $"  open tables        {Amounts.Bytes(memory.OpenTableBytes)} for {Amounts.Count(memory.OpenTables)}");
    }

    private static void PrintReads(StatsJson stats, TextWriter writer) => writer.WriteLine(
        $"a get costs          {Number(stats.Reads.TablesPerGet)} tables asked, {Number(stats.Amplification.Read)} "
            + $"blocks "
        + $"searched, {stats.Reads.BlockCacheHitRate.ToString("0 %", CultureInfo.InvariantCulture)} of them cached");

    private static void PrintWrites(StatsJson stats, TextWriter writer)
    {
        var writes = stats.Writes;
        var entries = Amounts.Count(writes.Entries, "entry", "entries");
        writer.WriteLine(
            $"write amplification  {Times(stats.Amplification.Write)} the {entries} of "
                + $"{Amounts.Bytes(writes.UserBytes)} written");
        writer.WriteLine($"  log                {Amounts.Bytes(writes.LogBytes)}");
        writer.WriteLine(
            $"  flushes            {Amounts.Count(writes.Flushes)}, {Amounts.Bytes(writes.FlushBytes)} written "
            + $"in {Seconds(writes.FlushSeconds)}");
        writer.WriteLine(
            $"  compactions        {Amounts.Count(writes.Compactions)}, {Amounts.Bytes(writes.CompactionReadBytes)} "
                + $"read, "
            + $"{Amounts.Bytes(writes.CompactionWrittenBytes)} written in {Seconds(writes.CompactionSeconds)}");
    }

    private static string Stalls(StatsJson.StallRow stall)
    {
        var now = stall.Reason == nameof(WriteStallReason.None) ? "none now" : $"now: {stall.Reason}";
        return $"{now}; {Amounts.Count(stall.Waits, "wait")}, {Seconds(stall.WaitedSeconds)} in all, "
            + $"{Seconds(stall.LongestSeconds)} the longest";
    }

    private static string Scrub(StatsJson.ScrubRow scrub)
    {
        var now = scrub.IsRunning
            ? $"{Amounts.Count(scrub.FilesDone)} of {Amounts.Count(scrub.FilesTotal, "file")} of this round"
            : "no round now";
        return $"{now}; {Amounts.Count(scrub.Rounds, "round")}, {Amounts.Bytes(scrub.BytesRead)} read, "
            + Amounts.Count(scrub.Damages, "damage");
    }

    private static string Times(double factor) => $"{Number(factor)} times";

    private static string Number(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => Amounts.Time(TimeSpan.FromSeconds(seconds));
}
