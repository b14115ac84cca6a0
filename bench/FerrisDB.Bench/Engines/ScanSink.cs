using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Bench;

/// <summary>Takes the entries of a scan, checks each of them and says when it has enough.</summary>
internal sealed class ScanSink
{
    // Asking for the time costs as much as reading an entry, so a long scan asks seldom.
    private const long EntriesBetweenClockReads = 4096;

    private long _entriesMax;
    private long _nextClockRead;
    private long _deadline;
    private bool _backwards;
    private ulong _lastHead;

    /// <summary>Entries taken since <see cref="Begin"/>.</summary>
    public long Count { get; private set; }

    /// <summary>The most entries that this scan can want, so that an engine may read ahead.</summary>
    public long EntriesMax => _entriesMax;

    /// <summary>Order-deciding eight bytes of the first key.</summary>
    public ulong FirstHead { get; private set; }

    /// <summary>True if the scan was ended by the clock.</summary>
    public bool OutOfTime { get; private set; }

    public void Begin(long entriesMax, bool backwards, long deadline)
    {
        _entriesMax = entriesMax;
        _nextClockRead = EntriesBetweenClockReads;
        _deadline = deadline;
        _backwards = backwards;
        Count = 0;
        FirstHead = 0;
        OutOfTime = false;
    }

    /// <returns>False when no more entries are wanted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var head = KeySpace.HeadOf(key);
        if (Count == 0)
            FirstHead = head;
        else if (_backwards ? head >= _lastHead : head <= _lastHead)
            throw new WrongDataException($"scan: {head:x16} follows {_lastHead:x16}, which is out of order");
        if (BinaryPrimitives.ReadUInt64LittleEndian(value) != KeySpace.FingerprintOf(key))
            throw new WrongDataException($"scan: the value at {head:x16} belongs to another key");
        _lastHead = head;
        Count++;
        return Count < _entriesMax && (Count < _nextClockRead || HasTime());
    }

    private bool HasTime()
    {
        _nextClockRead += EntriesBetweenClockReads;
        OutOfTime = Stopwatch.GetTimestamp() >= _deadline;
        return !OutOfTime;
    }
}
