using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

/// <summary>
/// Random writes into a conflict set and into a list, and random questions to both. Says what they differ in, or null.
/// </summary>
/// <remarks>
/// Keys are made so that one is often another with zeros behind it, that prefixes decide sometimes and sometimes not,
/// and that ranges touch, are empty and lie in each other. In some runs a few questions make a hash table, and few keys
/// find room in it. In a long one enough is kept that questions look at many keys, of several periods, and few ranges
/// lie over them.
/// </remarks>
internal sealed class ConflictSetRun(int seed, bool isLong = false)
{
    private readonly Random _random = new(seed);
    private readonly ConflictModel _model = new();
    private readonly ConflictSet _set = new(version: 10, isLong ? null : LimitsOf(new Random(seed)));
    private readonly List<byte[]> _known = [[]];
    private readonly byte[] _prefix = new byte[new Random(seed).Next(3) * 12];
    private long _version = 10;

    public string? FirstDifference(int writes)
    {
        for (var count = 0; count < writes; count++)
        {
            Write();
            if (_random.Next(isLong ? 200 : 8) == 0)
                _set.Forget(_random.NextInt64(_set.OldestVersion, Math.Min(_version, _set.OldestVersion + 20) + 1));
            if (_random.Next(16) == 0)
                ConflictSetChecks.AssertInvariants(_set);
            for (var question = 0; question < 4; question++)
            {
                if (Ask() is { } difference)
                    return $"seed {seed}, write {count}: {difference}";
            }
        }
        return null;
    }

    // So small that a few questions make a hash table; a sorted copy, if that is crowded.
    private static ConflictLimits LimitsOf(Random random) => ConflictLimits.Default with
    {
        ProbesMax = random.Next(3) switch
        {
            0 => 1,
            1 => 3,
            _ => 48,
        },
        FewHashes = random.Next(4) * 4,
        HashesPerIndexedEntry = random.Next(1, 4),
        FewEntries = random.Next(2) == 0 ? 8 : 128,
    };

    private void Write()
    {
        _version += _random.Next(3);
        var begin = Key();
        var end = _random.Next(isLong ? 200 : 3) == 0 ? Key() : [.. begin, 0];
        if (_random.Next(4) == 0)
            end = [.. begin, (byte)_random.Next(3)];
        if (IsPoint(begin, end) && _random.Next(4) != 0)
            _set.AddPoint(begin, _version);
        else
            _set.Add(begin, end, _version);
        _model.Add(begin, end, _version);
    }

    private string? Ask()
    {
        var begin = Key();
        var end = _random.Next(2) == 0 ? Key() : [.. begin, 0];
        var readVersion = _random.NextInt64(_set.OldestVersion, _version + 2);
        var isWritten = IsPoint(begin, end) && _random.Next(4) != 0
            ? _set.IsWrittenAfter(begin, readVersion)
            : _set.IsWrittenAfter(begin, end, readVersion);
        if (isWritten == _model.IsWrittenAfter(begin, end, readVersion))
            return null;
        return $"{Convert.ToHexString(begin)} to {Convert.ToHexString(end)} after {readVersion} "
            + (isWritten ? "conflicts, but must not" : "must conflict, but does not");
    }

    private static bool IsPoint(byte[] begin, byte[] end) =>
        end.Length == begin.Length + 1 && end[^1] == 0 && end.AsSpan().StartsWith(begin);

    private byte[] Key()
    {
        if (_random.Next(3) == 0)
            return _known[_random.Next(_known.Count)];
        if (_random.Next(40) == 0)
            return [0xff];
        var key = new byte[_random.Next(14)];
        for (var index = 0; index < key.Length; index++)
            key[index] = (byte)(_random.Next(6) == 0 ? _random.Next(256) : _random.Next(3));
        key = [.. _prefix.AsSpan(0, _random.Next(20) == 0 ? _random.Next(_prefix.Length + 1) : _prefix.Length), .. key];
        if (_known.Count < (isLong ? 4_000 : 400))
            _known.Add(key);
        else
            _known[_random.Next(_known.Count)] = key;
        return key;
    }
}
