using System.Diagnostics;
using HdrHistogram;

namespace FerrisDB.Bench;

/// <summary>Counts one thread's calls, ends the loop by number or by clock and times every n-th call.</summary>
/// <remarks>
/// A timestamp costs about 31 ns. Where every call is timed, one stamp both ends a call and begins the next; where
/// every n-th is timed, the calls between pay one comparison.
/// </remarks>
internal sealed class Meter
{
    private const long LongestNanoseconds = 3_600_000_000_000;
    private const int SignificantDigits = 3;
    private const int CallsBetweenClockReads = 64;

    private long _callsMax;
    private long _deadline;
    private long _nextStop;
    private int _timedEvery;
    private long _started;
    private bool _timing;

    /// <summary>Calls begun since <see cref="Start"/>.</summary>
    public long Calls { get; private set; }

    /// <summary>Durations of the timed calls in nanoseconds.</summary>
    public LongHistogram Latencies { get; } = new(LongestNanoseconds, SignificantDigits);

    /// <summary>Timestamp at which the loop must end.</summary>
    public long Deadline => _deadline;

    /// <param name="callsMax">The loop ends after so many calls.</param>
    /// <param name="deadline">The loop ends at this timestamp.</param>
    /// <param name="timedEvery">Every n-th call is timed; 0 times none.</param>
    public void Start(long callsMax, long deadline, int timedEvery)
    {
        Calls = 0;
        Latencies.Reset();
        _callsMax = callsMax;
        _deadline = deadline;
        _timedEvery = timedEvery;
        _timing = false;
        _nextStop = 0;
    }

    /// <summary>Ends the loop of another thread within some calls.</summary>
    public void End() => Volatile.Write(ref _deadline, 0);

    /// <summary>True once another thread has ended the loop.</summary>
    public bool IsEnded => Volatile.Read(ref _deadline) == 0;

    /// <summary>Called before each call of the workload; false ends the loop.</summary>
    public bool Next()
    {
        if (Calls == _nextStop)
            return Stop();
        Calls++;
        return true;
    }

    private bool Stop()
    {
        var now = Stopwatch.GetTimestamp();
        if (_timing)
            Record(now - _started);
        if (now >= Volatile.Read(ref _deadline) || Calls >= _callsMax)
            return false;
        if (_timedEvery == 0)
        {
            _nextStop = Calls + CallsBetweenClockReads;
        }
        else if (_timing && _timedEvery > 1)
        {
            _timing = false;
            _nextStop = Calls + _timedEvery - 1;
        }
        else
        {
            _timing = true;
            _nextStop = Calls + 1;
            _started = now;
        }
        _nextStop = Math.Min(_nextStop, _callsMax);
        Calls++;
        return true;
    }

    /// <summary>Adds a duration that the workload has timed itself.</summary>
    public void Record(long ticks)
    {
        var nanoseconds = (long)(ticks * (1e9 / Stopwatch.Frequency));
        Latencies.RecordValue(Math.Clamp(nanoseconds, 1, LongestNanoseconds));
    }
}
