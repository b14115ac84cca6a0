namespace FerrisDB.Transactions;

/// <summary>
/// Where some of the keys that were written last are: of each place that hashes fall into, the last one.
/// </summary>
internal sealed class ConflictRecent
{
    // Four kilobytes: it stays in the first cache.
    private const int Places = 512;

    // The hash above, the number and one below; 0 is free.
    private readonly ulong[] _places = new ulong[Places];

    public void Clear() => _places.AsSpan().Clear();

    /// <summary>The last entry whose key had this hash, or -1 if it is not remembered.</summary>
    public int Find(uint hash)
    {
        var place = _places[hash % Places];
        return place >> 32 == hash ? (int)(uint)place - 1 : -1;
    }

    public void Note(uint hash, int number) => _places[hash % Places] = ((ulong)hash << 32) | (uint)(number + 1);
}
