using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>A block of native memory that is handed out piece by piece and freed as a whole.</summary>
/// <remarks>
/// Pieces are named by 32-bit offsets in units of eight bytes, half of what a pointer takes; 0 names none. Handing out
/// is one interlocked addition, from any number of threads. Pages are used up in order, so what is never handed out
/// never costs memory. Large arenas ask for huge pages: searching one is all cache misses, and each costs a third less.
/// </remarks>
internal sealed unsafe class Arena : IDisposable
{
    /// <summary>The unit of offsets.</summary>
    public const int Granularity = 8;

    public const int CacheLineBytes = 64;

    private readonly NativeBuffer _buffer;
    private readonly SpareMemory? _spare;
    private readonly byte* _base;
    private long _usedBytes = Granularity; // offset 0 stays unused

    /// <param name="capacityBytes">Bytes that it can hand out.</param>
    /// <param name="spare">Where large arenas find their memory and leave it; null for none.</param>
    public Arena(long capacityBytes, SpareMemory? spare = null)
    {
        Invariant.That(capacityBytes is > 0 and < int.MaxValue);
        CapacityBytes = capacityBytes;
        var isLarge = capacityBytes >= 2 * HugePages.SizeBytes;
        _spare = isLarge ? spare : null;
        var known = _spare?.TryTake((int)capacityBytes);
        _buffer = known
            ?? NativeBuffer.Allocate((int)capacityBytes, isLarge ? HugePages.SizeBytes : CacheLineBytes);
        _base = _buffer.Pointer;
        // Without the first one: to clear it takes longer than all else that opening a small database does.
        if (isLarge && known is null)
            HugePages.Advise(_base + HugePages.SizeBytes, capacityBytes - HugePages.SizeBytes);
    }

    public long CapacityBytes { get; }

    /// <summary>Bytes handed out so far.</summary>
    public long UsedBytes => Math.Min(Interlocked.Read(ref _usedBytes), CapacityBytes);

    /// <summary>Where offset 0 lies.</summary>
    public byte* Base
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _base;
    }

    /// <summary>
    /// Hands out a multiple of <see cref="Granularity"/> bytes with undefined content; returns their offset.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Allocate(long bytes)
    {
        var end = Interlocked.Add(ref _usedBytes, bytes);
        // Whoever fills the arena asks for room first, so running out is a bug; it must never be an overrun.
        Invariant.That(end <= CapacityBytes && bytes > 0);
        return (uint)((end - bytes) / Granularity);
    }

    /// <summary>As <see cref="Allocate"/>, from the start of a cache line on: for one thread at a time.</summary>
    public uint AllocateLines(long bytes)
    {
        var gap = -Volatile.Read(ref _usedBytes) & (CacheLineBytes - 1);
        return Allocate(gap + bytes) + (uint)(gap / Granularity);
    }

    /// <summary>The next multiple of <see cref="Granularity"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long RoundUp(long bytes) => (bytes + Granularity - 1) & ~(long)(Granularity - 1);

    public void Dispose()
    {
        if (_spare is null)
            _buffer.Dispose();
        else
            _spare.Give(_buffer);
    }
}
