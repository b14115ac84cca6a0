using System.Buffers.Binary;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

public sealed class ConflictSetTests
{
    [Fact]
    public void A_conflict_set_answers_as_a_list_of_all_writes_does()
    {
        foreach (var seed in Seeds.ToTry(standard: 30))
            Assert.Null(new ConflictSetRun(seed).FirstDifference(writes: 600));
        foreach (var seed in Seeds.ToTry(standard: 3))
            Assert.Null(new ConflictSetRun(seed, isLong: true).FirstDifference(writes: 1_500));
    }

    // Enough for four levels, and for branches to be split, cut and joined; or for many periods of single keys, for
    // keys that are written again and again, and for so many questions that keys are sorted: the model is an array of
    // versions.
    [Theory]
    [InlineData(1, 20_000, 0, 0)]
    [InlineData(2, 200_000, 30, 0)]
    [InlineData(3, 20_000, 30, 0)]
    [InlineData(4, 20_000, 0, 80)]
    [InlineData(5, 200_000, 30, 100)]
    [InlineData(6, 300, 8, 95)]
    public void A_large_set_answers_as_an_array_of_versions_does(
        int seed, int keys, int prefixLength, int percentPoints)
    {
        var random = new Random(seed);
        var set = new ConflictSet(0);
        var versions = new long[keys];
        for (var version = 1L; version <= 60_000; version++)
        {
            var begin = random.Next(keys);
            var end = begin + 1;
            if (version % 50 == 0)
                end = Math.Min(keys, begin + random.Next(keys / 20));
            if (version % 5_000 == 0)
                end = Math.Min(keys, begin + (keys / 2));
            if (random.Next(100) < percentPoints)
            {
                end = begin + 1;
                set.AddPoint(Key(begin, prefixLength), version);
            }
            else
            {
                set.Add(Key(begin, prefixLength), Key(end, prefixLength), version);
            }
            versions.AsSpan(begin..end).Fill(version);
            if (version % 100 == 0)
                set.Forget(Math.Max(0, version - 20_000));
            if (version % 2_000 == 0)
                ConflictSetChecks.AssertInvariants(set);

            var readVersion = random.NextInt64(set.OldestVersion, version + 1);
            var from = random.Next(keys);
            var to = Math.Min(keys, from + (random.Next(4) == 0 ? random.Next(keys / 10) : 1 + random.Next(3)));
            var isWritten = set.IsWrittenAfter(Key(from, prefixLength), Key(to, prefixLength), readVersion);
            if (isWritten != versions.AsSpan(from..to).ContainsAnyInRange(readVersion + 1, long.MaxValue))
                Assert.Fail($"seed {seed}: {from} to {to} after {readVersion} at {version} answers {isWritten}");
        }
    }

    [Fact]
    public void What_is_forgotten_takes_no_memory()
    {
        var set = new ConflictSet(0);
        for (var version = 1L; version <= 100_000; version++)
        {
            set.AddPoint(Key((int)(version * 7919 % 1_000_003), prefixLength: 4), version);
            set.Forget(Math.Max(0, version - 10_000));
            if (version > 50_000)
                Assert.InRange(set.BoundaryCount, 10_000, 15_000);
        }
    }

    [Fact]
    public void A_write_of_everything_leaves_a_single_one_of_the_ranges()
    {
        var set = new ConflictSet(0);
        for (var index = 0; index < 50_000; index++)
            set.Add(Key(index, prefixLength: 0), Key(index + 1, prefixLength: 0), 1 + index);
        set.Add([], [0xff], 50_001);

        ConflictSetChecks.AssertInvariants(set);
        Assert.Equal(2, set.BoundaryCount);
        Assert.True(set.IsWrittenAfter(Key(7, prefixLength: 0), 50_000));
        Assert.False(set.IsWrittenAfter([0xff], 0));
    }

    [Fact]
    public void Keys_that_are_written_again_and_again_take_the_memory_of_one_each()
    {
        var set = new ConflictSet(0);
        for (var version = 1L; version <= 100_000; version++)
            set.AddPoint(Key((int)(version % 10), prefixLength: 4), version);

        Assert.Equal(10, set.BoundaryCount);
        Assert.True(set.IsWrittenAfter(Key(3, prefixLength: 4), 99_992));
        Assert.False(set.IsWrittenAfter(Key(3, prefixLength: 4), 99_993));
    }

    [Fact]
    public void A_key_that_meets_too_many_others_is_known_all_the_same()
    {
        var limits = ConflictLimits.Default with { ProbesMax = 1, FewHashes = 0, HashesPerIndexedEntry = 1 };
        var set = new ConflictSet(0, limits);
        for (var index = 0; index < 2_000; index++)
            set.AddPoint(Key(index, prefixLength: 0), 1 + index);

        ConflictSetChecks.AssertInvariants(set);
        for (var round = 0; round < 4; round++)
        {
            for (var index = 0; index < 2_000; index++)
            {
                Assert.True(set.IsWrittenAfter(Key(index, prefixLength: 0), index));
                Assert.False(set.IsWrittenAfter(Key(index, prefixLength: 0), 1 + index));
            }
        }
        ConflictSetChecks.AssertInvariants(set);
        Assert.Equal(2_000, set.BoundaryCount);
    }

    [Fact]
    public void Thousands_of_keys_that_are_written_again_and_again_do_not_take_more_and_more_memory()
    {
        var set = new ConflictSet(0);
        for (var version = 1L; version <= 400_000; version++)
            set.AddPoint(Key((int)(version * 7919 % 3_001), prefixLength: 4), version);

        ConflictSetChecks.AssertInvariants(set);
        Assert.InRange(set.BoundaryCount, 3_001, 80_000);
        Assert.True(set.IsWrittenAfter(Key(5, prefixLength: 4), 396_999));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Checks_and_writes_allocate_nothing_in_the_steady_state(bool areRanges)
    {
        var set = new ConflictSet(0);
        var random = new Random(1);
        var version = 0L;
        // Once it was larger; so there are nodes for all that chance may do.
        Churn(set, random, ref version, window: 12_000, areRanges);
        Churn(set, random, ref version, window: 8_000, areRanges);

        Assert.Equal(0, Allocations.LeastOf(
            rounds: 12, () => Churn(set, random, ref version, window: 8_000, areRanges)));
        Assert.InRange(set.BoundaryCount, 5_000, 20_000);
    }

    private static long Churn(ConflictSet set, Random random, ref long version, int window, bool areRanges)
    {
        Span<byte> begin = stackalloc byte[16];
        Span<byte> end = stackalloc byte[16];
        begin.Clear();
        end.Clear();
        var allocated = 0L;
        for (var index = 0; index < 40_000; index++)
        {
            var start = random.NextInt64(long.MaxValue - (1L << 52));
            BinaryPrimitives.WriteInt64BigEndian(begin, start);
            BinaryPrimitives.WriteInt64BigEndian(end, start + random.NextInt64(1L << 52));
            var before = Allocations.SoFar;
            set.IsWrittenAfter(begin, end, Math.Max(set.OldestVersion, version - 100));
            set.IsWrittenAfter(begin, Math.Max(set.OldestVersion, version - 100));
            if (areRanges)
                set.Add(begin, end, ++version);
            else
                set.AddPoint(begin, ++version);
            allocated += Allocations.SoFar - before;
            set.Forget(Math.Max(0, version - window));
        }
        return allocated;
    }

    private static byte[] Key(int number, int prefixLength)
    {
        var key = new byte[prefixLength + 4];
        key.AsSpan(0, prefixLength).Fill((byte)'p');
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(prefixLength), number);
        return key;
    }
}
