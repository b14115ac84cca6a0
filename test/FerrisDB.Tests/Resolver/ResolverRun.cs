using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

/// <summary>
/// Random transactions for a resolver, in batches, and the definition: a transaction conflicts if and only if one that
/// committed before it, at a version after its read version, wrote a key that it read.
/// </summary>
internal sealed class ResolverRun(int seed)
{
    private const int KeyCount = 30;

    private readonly Random _random = new(seed);
    private readonly FerrisDB.Transactions.Resolver _resolver = new(version: 100);

    // The version of the last committed write of each key.
    private readonly long[] _written = new long[KeyCount];
    private readonly ConflictRanges _reads = new();
    private readonly ConflictRanges _writes = new();
    private readonly List<(int From, int To)> _readKeys = [];
    private readonly List<(int From, int To)> _writtenKeys = [];

    public HashSet<Verdict> Seen { get; } = [];

    /// <summary>What the resolver decided that it must not, or null.</summary>
    public string? FirstDifference(int batches)
    {
        var commitVersion = 100L;
        for (var batch = 0; batch < batches; batch++)
        {
            var newestRead = commitVersion;
            commitVersion += 1 + _random.Next(5);
            for (var order = _random.Next(6); order >= 0; order--)
            {
                var readVersion = Math.Max(90, newestRead - _random.Next(30));
                Fill(_reads, _readKeys, most: 3);
                Fill(_writes, _writtenKeys, most: 3);
                if (Decide(commitVersion, readVersion) is { } difference)
                    return $"seed {seed}, batch {batch}: {difference}";
            }
            if (_random.Next(3) == 0)
                _resolver.Forget(Math.Max(_resolver.OldestVersion, commitVersion - 20));
        }
        return null;
    }

    private string? Decide(long commitVersion, long readVersion)
    {
        var conflicting = _readKeys.Index()
            .Where(read => IsWrittenAfter(read.Item.From, read.Item.To, readVersion))
            .Select(read => read.Index)
            .ToList();
        var expected = _readKeys.Count > 0 && readVersion < _resolver.OldestVersion ? Verdict.TooOld
            : conflicting.Count > 0 ? Verdict.Conflict
            : Verdict.Committed;
        var reported = _random.Next(2) == 0 ? new List<int>() : null;

        var verdict = _resolver.Decide(commitVersion, readVersion, _reads, _writes, reported);

        Seen.Add(verdict);
        if (verdict != expected)
            return $"{verdict} instead of {expected}";
        if (verdict == Verdict.Conflict && reported is not null && !reported.SequenceEqual(conflicting))
            return $"reads {string.Join(",", reported)} conflict instead of {string.Join(",", conflicting)}";
        if (verdict == Verdict.Committed)
            _writtenKeys.ForEach(write => _written.AsSpan(write.From..write.To).Fill(commitVersion));
        return null;
    }

    private bool IsWrittenAfter(int from, int to, long version) =>
        _written.AsSpan(from..to).ContainsAnyInRange(version + 1, long.MaxValue);

    private void Fill(ConflictRanges ranges, List<(int From, int To)> keys, int most)
    {
        ranges.Clear();
        keys.Clear();
        for (var count = _random.Next(most + 1); count > 0; count--)
        {
            var from = _random.Next(KeyCount);
            var to = from + 1;
            if (_random.Next(3) == 0)
                to = from + 1 + _random.Next(Math.Min(5, KeyCount - from));
            keys.Add((from, to));
            // Some ranges end with a key, others before one.
            ranges.Add(Key(from), _random.Next(2) == 0 ? [.. Key(to - 1), 0] : Key(to));
        }
    }

    private static byte[] Key(int number) => [.. "key"u8, (byte)number];
}
