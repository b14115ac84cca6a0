using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>
/// The two processes of the reopen workload: one writes and kills itself right after the last acknowledgement, one
/// opens what is left, from open to the first get, and counts what is lost.
/// </summary>
internal static class KilledWriter
{
    private const int WarmUpEntries = 2000;

    /// <summary>Does not return unless the kill failed.</summary>
    public static CellResult Write(CellRequest cell, EngineDescription description, Workload workload)
    {
        using var engine = description.Open(cell.Folder, cell.ToSettings(workload));
        using var worker = new Worker(cell, engine.NewSession(), index: 0);
        PutAll(worker, ReopenWorkload.WritesOf(cell));
        SystemCalls.KillThisProcess();
        throw new InvalidOperationException("the process survived its own kill");
    }

    public static CellResult Reopen(CellRequest cell, EngineDescription description, Workload workload)
    {
        if (cell.WarmUpSeconds > 0)
            WarmUp(cell, description, workload);

        using var watcher = new Watcher();
        ProcessFacts.ForgetPeak();
        var began = Stopwatch.GetTimestamp();
        using var engine = description.Open(cell.Folder, cell.ToSettings(workload));
        using var session = engine.NewSession();
        var keys = new KeySpace(cell.Entries, cell.KeyStyle);
        var key = new byte[keys.KeyLength];
        var value = new byte[cell.ValueSize];
        var order = new Permutation(cell.Entries);
        keys.Stored(order[0], key);
        session.Get(key, value);
        var elapsed = Stopwatch.GetElapsedTime(began);
        watcher.Stop();

        var lost = 0L;
        var writes = ReopenWorkload.WritesOf(cell);
        var values = new ValueSource(cell.ValueSize);
        for (var number = 0L; number < writes; number++)
        {
            keys.Stored(order[number], key);
            var length = session.Get(key, value);
            if (length < 0)
                lost++;
            else
                values.Check(key, value, length);
        }
        return Cell.Empty(cell) with
        {
            Operations = writes,
            Seconds = elapsed.TotalSeconds,
            Figure = elapsed.TotalMilliseconds,
            LostWrites = lost,
            PeakAnonymousBytes = watcher.PeakAnonymousBytes,
            PeakResidentBytes = ProcessFacts.PeakResidentBytes(),
            IdleGapMs = watcher.LongestGapMs,
        };
    }

    private static void PutAll(Worker worker, long writes)
    {
        var order = new Permutation(worker.Keys.Entries);
        for (var number = 0L; number < writes; number++)
            worker.Put(order[number]);
    }

    // A small database, written, closed and opened again in this process: the compiler has then seen the code of
    // opening.
    private static void WarmUp(CellRequest cell, EngineDescription description, Workload workload)
    {
        var small = cell with { Folder = cell.Folder + "-warmup", Entries = WarmUpEntries };
        Directory.CreateDirectory(small.Folder);
        for (var opening = 0; opening < 2; opening++)
        {
            using var engine = description.Open(small.Folder, small.ToSettings(workload));
            using var worker = new Worker(small, engine.NewSession(), index: 0);
            PutAll(worker, WarmUpEntries);
            worker.Get(0);
        }
        DatabaseFolder.Remove(small.Folder);
    }
}
