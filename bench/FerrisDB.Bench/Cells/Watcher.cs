using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Bench;

/// <summary>
/// A thread that sleeps beside the measured ones. It notes the highest anonymous memory and how late it was woken: a
/// delay that it sees too was made by the machine and not by the engine.
/// </summary>
internal sealed class Watcher : IDisposable
{
    private const int SleepMs = 5;
    private const int SleepsBetweenMemoryReads = 4;

    private static readonly byte[] Field = Encoding.ASCII.GetBytes("RssAnon:");

    // Without spinning: it must take no time from what it watches.
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;
    private readonly byte[] _status = new byte[8192];

    public Watcher()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "bench watcher" };
        _thread.Start();
    }

    /// <summary>Written by the watcher; read after it has stopped.</summary>
    public long PeakAnonymousBytes { get; private set; }

    /// <summary>Written by the watcher; read after it has stopped.</summary>
    public double LongestGapMs { get; private set; }

    public void Stop()
    {
        _stop.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Watch()
    {
        using var status = OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/status") : null;
        var asleepSince = Stopwatch.GetTimestamp();
        for (var sleeps = 0; !_stop.Wait(SleepMs); sleeps++)
        {
            var gap = Stopwatch.GetElapsedTime(asleepSince).TotalMilliseconds - SleepMs;
            LongestGapMs = Math.Max(LongestGapMs, gap);
            if (sleeps % SleepsBetweenMemoryReads == 0)
                NoteMemory(status);
            asleepSince = Stopwatch.GetTimestamp();
        }
        NoteMemory(status);
    }

    private void NoteMemory(SafeFileHandle? status)
    {
        if (status is not null)
            PeakAnonymousBytes = Math.Max(PeakAnonymousBytes, ReadAnonymousBytes(status));
    }

    // By hand, because it must not allocate: the cell's allocations are counted.
    private long ReadAnonymousBytes(SafeFileHandle status)
    {
        var text = _status.AsSpan(0, RandomAccess.Read(status, _status, 0));
        var start = text.IndexOf(Field);
        if (start < 0)
            return 0;
        var kilobytes = 0L;
        foreach (var character in text[(start + Field.Length)..])
        {
            if (character is >= (byte)'0' and <= (byte)'9')
                kilobytes = (kilobytes * 10) + (character - '0');
            else if (character == (byte)'\n')
                break;
        }
        return kilobytes << 10;
    }
}
