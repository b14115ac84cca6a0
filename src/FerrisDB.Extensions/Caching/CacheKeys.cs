namespace FerrisDB.Extensions;

/// <summary>The keys of a cache, as <see cref="CacheEntry"/> draws them.</summary>
internal sealed class CacheKeys(Subspace keys)
{
    private const int Header = 0;

    private readonly Subspace _entries = keys["entry"];
    private readonly Subspace _expiries = keys["expiry"];

    public byte[] HeaderOf(string key) => _entries.Pack(key, Header);

    /// <summary>A piece of the value, from 1.</summary>
    public byte[] PieceOf(string key, int number) => _entries.Pack(key, number);

    /// <summary>The header, and behind it the pieces.</summary>
    public KeyRange AllOf(string key) => _entries.Range(key);

    public byte[] ExpiryOf(string key, CacheEntry entry) => _expiries.Pack(entry.ExpiresTicks, key);

    /// <summary>The expiries up to a time, that time included.</summary>
    public KeyRange ExpiriesUntil(DateTimeOffset time) =>
        new(_expiries.Range().Begin, _expiries.Pack(time.UtcTicks + 1));

    public (long ExpiresTicks, string Key) ReadExpiry(ReadOnlySpan<byte> key) => _expiries.Unpack<long, string>(key);
}
