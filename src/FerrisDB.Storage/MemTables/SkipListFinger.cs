using System.Numerics;

namespace FerrisDB.Storage;

/// <summary>
/// Remembers, for each level, between which nodes the last insertion went: ascending ones then begin where it ended.
/// </summary>
/// <remarks>
/// For one thread at a time. It is a hint that is always safe to follow, because nodes never leave the list: each entry
/// is checked before use. Also the source of heights, so that one seed and one order of insertions give one structure.
/// </remarks>
internal unsafe struct SkipListFinger
{
    /// <summary>A node before the last insertion, for each level; of a tower that reaches the level.</summary>
    public fixed uint Previous[SkipList.HeightMax];

    /// <summary>The node that followed it, or 0.</summary>
    public fixed uint Next[SkipList.HeightMax];

    private ulong _state;

    public SkipListFinger(uint head, ulong seed)
    {
        for (var level = 0; level < SkipList.HeightMax; level++)
            Previous[level] = head;
        _state = seed;
    }

    /// <summary>1 in three of four cases, and each greater height a quarter as often as the one below it.</summary>
    public int NextHeight()
    {
        // SplitMix64 (Steele, Lea, Flood 2014): two bits of its output decide each further level.
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        var zeros = BitOperations.TrailingZeroCount(mixed | (1UL << (2 * (SkipList.HeightMax - 1))));
        return 1 + (zeros / 2);
    }
}
