using System.Collections.Concurrent;
using System.Diagnostics;

namespace FerrisDB.Bench;

// In a thousand operations, besides the gets:
//
//     435 overwrites, zipfian     15 insertions of new keys, and 15 deletions of those that were inserted long ago
//      50 scans of 1-100 entries
//
// Insertions and deletions keep the number of entries as it was. What is found is checked as in every workload; of the
// keys that come and go, the newest must be there and the last deleted one not.

/// <summary>The mixed load of one thread of a soak.</summary>
internal sealed class SoakLoad(Worker worker, Zipfian zipfian, TimeSpan windowLength)
{
    private const int TimedEvery = 8;
    private const int ScanEntriesMax = 100;
    private const int OverwriteShare = 435;
    private const int InsertShare = 15;
    private const int DeleteShare = 15;
    private const int ScanShare = 50;
    private const int InsertedKept = 10_000;

    private long _deleted;

    /// <summary>Finished windows, oldest first.</summary>
    public BlockingCollection<SoakWindow> Windows { get; } = [];

    /// <summary>Runs until so many windows are full.</summary>
    public void Run(int windowCount)
    {
        worker.Reseed();
        var began = Stopwatch.GetTimestamp();
        for (var number = 1; number <= windowCount; number++)
            Windows.Add(Fill(began, number * windowLength));
    }

    private SoakWindow Fill(long began, TimeSpan end)
    {
        var window = new SoakWindow();
        var before = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began, before) < end)
        {
            Do();
            var after = Stopwatch.GetTimestamp();
            window.Record(Stopwatch.GetElapsedTime(before, after));
            for (var untimed = 1; untimed < TimedEvery; untimed++)
                Do();
            window.Operations += TimedEvery;
            before = Stopwatch.GetTimestamp();
        }
        return window;
    }

    private void Do()
    {
        var random = worker.Random;
        var dice = (int)random.Below(1000);
        if ((dice -= OverwriteShare) < 0)
            worker.Put(zipfian.Index(random));
        else if ((dice -= ScanShare) < 0)
            worker.Seek(zipfian.Index(random), 1 + (int)random.Below(ScanEntriesMax), false, onlyLoaded: false);
        else if ((dice -= InsertShare) < 0)
            worker.Insert();
        else if ((dice - DeleteShare) < 0)
            DeleteOldest();
        else
            worker.Get(zipfian.Index(random));
    }

    private void DeleteOldest()
    {
        if (worker.Inserted - _deleted <= InsertedKept)
        {
            worker.Insert();
            return;
        }
        worker.DeleteInserted(_deleted);
        worker.GetMissingInserted(_deleted);
        worker.GetInserted(worker.Inserted - 1);
        _deleted++;
    }
}
