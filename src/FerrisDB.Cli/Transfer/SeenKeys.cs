using System.IO.Hashing;

namespace FerrisDB.Cli;

/// <summary>Tells which keys of an import came before, by their 64-bit hashes in a flat table.</summary>
/// <remarks>
/// Eight bytes for each place of the table, at most half of them used, and at most <c>limit</c> keys: what comes
/// behind is not remembered, and <see cref="IsExact"/> says so. Among 16 million keys two hashes are equal with a
/// probability of about 1 in 100,000.
/// </remarks>
internal sealed class SeenKeys(int limit = 16 << 20)
{
    private const int FirstPlaces = 1 << 12;

    // Open addressing with linear probing; 0 is an empty place. The length is a power of two.
    private ulong[] _places = new ulong[FirstPlaces];
    private int _count;

    /// <summary>False if keys came that were not remembered.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Remembers a key. Returns false if it is known to have come before.</summary>
    public bool Add(ReadOnlySpan<byte> key)
    {
        var hash = Math.Max(1, XxHash3.HashToUInt64(key));
        var place = PlaceOf(hash);
        if (_places[place] == hash)
            return false;
        if (_count >= limit)
        {
            IsExact = false;
            return true;
        }
        _places[place] = hash;
        if (++_count * 2 > _places.Length)
            Grow();
        return true;
    }

    private int PlaceOf(ulong hash)
    {
        var mask = _places.Length - 1;
        var place = (int)hash & mask;
        while (_places[place] != 0 && _places[place] != hash)
            place = (place + 1) & mask;
        return place;
    }

    private void Grow()
    {
        var old = _places;
        _places = new ulong[old.Length * 2];
        foreach (var hash in old)
        {
            if (hash != 0)
                _places[PlaceOf(hash)] = hash;
        }
    }
}
