using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace FerrisDB.Bench;

/// <summary>
/// Runs the timed loops of a cell side by side and measures from the moment all are ready to the end of the last.
/// </summary>
internal sealed class Threads
{
    private readonly Workload _workload;
    private readonly Worker[] _workers;
    private readonly Worker? _background;
    private readonly long[] _operations;

    // The first failure of any thread; written once, read after all have ended.
    private Exception? _failure;

    private Threads(Workload workload, Worker[] workers, Worker? background)
    {
        _workload = workload;
        _workers = workers;
        _background = background;
        _operations = new long[workers.Length];
    }

    public static (long Operations, double Seconds, double BackgroundRate) Run(
        Workload workload, Worker[] workers, Worker? background, double seconds, bool warmingUp)
    {
        if (workload is not TransactionWorkload transactions || workers[0].Session.Transactions!.Blocks)
            return new Threads(workload, workers, background).Run(seconds, warmingUp);
        var (operations, elapsed) = Callers.Run(transactions, workers, seconds, warmingUp);
        return (operations, elapsed, 0);
    }

    private (long Operations, double Seconds, double BackgroundRate) Run(double seconds, bool warmingUp)
    {
        using var start = new Barrier(_workers.Length + 1);
        var deadline = long.MaxValue;
        var threads = _workers.Select((worker, index) => StartThread(() =>
        {
            worker.Reseed(warmingUp);
            start.SignalAndWait();
            var untilTheClockEnds = warmingUp && _workload.Database != DatabaseNeed.Empty;
            var callsMax = untilTheClockEnds ? long.MaxValue : _workload.CallsMax(worker.Cell);
            worker.Meter.Start(callsMax, Volatile.Read(ref deadline), _workload.TimedEvery);
            _operations[index] = _workload.Run(worker);
        })).ToArray();

        var began = Stopwatch.GetTimestamp();
        Volatile.Write(ref deadline, began + (long)(seconds * Stopwatch.Frequency));
        start.SignalAndWait();
        began = Stopwatch.GetTimestamp();
        var writer = StartBackground();
        foreach (var thread in threads)
            thread.Join();
        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        _background?.Meter.End();
        writer?.Join();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        return (_operations.Sum(), elapsed, (_background?.Meter.Calls ?? 0) / elapsed);
    }

    // Its meter is started here: on a busy machine the thread may not have begun when it is told to end.
    private Thread? StartBackground()
    {
        if (_background is null)
            return null;
        _background.Reseed();
        _background.Meter.Start(long.MaxValue, long.MaxValue, timedEvery: 0);
        return StartThread(() => _workload.Background!(_background));
    }

    private Thread StartThread(Action body)
    {
        var thread = new Thread(() => RecordFailure(body));
        thread.Start();
        return thread;
    }

    private void RecordFailure(Action body)
    {
        try
        {
            body();
        }
        catch (Exception failure)
        {
            // The edge of a thread: it is thrown again on the one that waits for it.
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}
