using System.Buffers.Binary;
using Microsoft.Extensions.Caching.Distributed;

namespace FerrisDB.Extensions;

// An entry of the cache is several keys of its subspace, so that a touch rewrites 29 bytes and not the value:
//
//     ("entry", key, 0)          header, as below
//     ("entry", key, 1) ...      the value, in pieces of at most the database's limit; none if it is empty
//     ("expiry", time, key)      when to look whether the entry has expired; may be left over from an earlier one
//
//     offset  size  field of the header
//          0     1  format       1
//          1     8  expires      UTC ticks from when on the entry is gone; the largest number is never
//          9     8  absolute     UTC ticks beyond which no touch prolongs it; likewise
//         17     8  sliding      ticks that a touch prolongs it by; 0 if touches do not
//         25     4  length       bytes of the value
//
// Integers are little-endian.

/// <summary>When an entry of a cache expires, and how long its value is.</summary>
/// <param name="ExpiresTicks">UTC ticks from when on it is gone.</param>
/// <param name="AbsoluteTicks">UTC ticks beyond which it is not prolonged.</param>
/// <param name="SlidingTicks">Ticks from a touch to the end, or 0.</param>
/// <param name="Length">Bytes of the value.</param>
internal readonly record struct CacheEntry(long ExpiresTicks, long AbsoluteTicks, long SlidingTicks, int Length)
{
    public const int SizeBytes = 29;
    public const long Never = long.MaxValue;

    private const byte Format = 1;

    // A touch within this share of the time since the last one is not worth a write.
    private const int TouchesPerPeriod = 20;

    /// <summary>An entry that is set now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would have expired already.</exception>
    public static CacheEntry Create(DistributedCacheEntryOptions options, DateTimeOffset now, int length)
    {
        var absolute = Never;
        if (options.AbsoluteExpirationRelativeToNow is { } fromNow)
            absolute = After(now.UtcTicks, fromNow.Ticks);
        else if (options.AbsoluteExpiration is { } at)
            absolute = at.UtcTicks;
        if (absolute <= now.UtcTicks)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.AbsoluteExpiration, $"The absolute expiration must be after now, {now:O}.");
        return new CacheEntry(0, absolute, options.SlidingExpiration?.Ticks ?? 0, length).TouchedAt(now);
    }

    public static CacheEntry Read(ReadOnlySpan<byte> header)
    {
        if (header.Length != SizeBytes || header[0] != Format)
            throw new InvalidDataException(
                $"An entry of the cache has a header of {header.Length} bytes in an unknown format. Does something "
                    + "else write to the cache's subspace? See FerrisDbCacheOptions.Keys.");
        return new CacheEntry(
            BinaryPrimitives.ReadInt64LittleEndian(header[1..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[9..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[17..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[25..]));
    }

    public void Write(Span<byte> header)
    {
        header[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], ExpiresTicks);
        BinaryPrimitives.WriteInt64LittleEndian(header[9..], AbsoluteTicks);
        BinaryPrimitives.WriteInt64LittleEndian(header[17..], SlidingTicks);
        BinaryPrimitives.WriteInt32LittleEndian(header[25..], Length);
    }

    public bool IsExpiredAt(DateTimeOffset now) => ExpiresTicks <= now.UtcTicks;

    /// <summary>True if a touch now would prolong it by more than a trifle: 1 s, or less if it is short.</summary>
    public bool IsWorthTouching(DateTimeOffset now)
    {
        var trifle = Math.Min(TimeSpan.TicksPerSecond, SlidingTicks / TouchesPerPeriod);
        return SlidingTicks > 0 && TouchedAt(now).ExpiresTicks - ExpiresTicks > trifle;
    }

    public CacheEntry TouchedAt(DateTimeOffset now) => this with
    {
        ExpiresTicks = SlidingTicks == 0
            ? AbsoluteTicks
            : Math.Min(AbsoluteTicks, After(now.UtcTicks, SlidingTicks)),
    };

    private static long After(long ticks, long more) => more > Never - ticks ? Never : ticks + more;
}
