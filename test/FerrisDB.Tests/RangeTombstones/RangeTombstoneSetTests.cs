using CsCheck;
using FerrisDB.Storage;

namespace FerrisDB.Tests.RangeTombstones;

// The model of a set is the plain list of its tombstones: a key is covered at a version by those that contain it.
// Keys are one or two letters, so that ranges touch, nest, cross and repeat all the time.
public sealed class RangeTombstoneSetTests
{
    private static readonly Gen<byte[]> AnyKey = Gen.Byte[(byte)'a', (byte)'h'].Array[0, 2];

    private static readonly Gen<RangeTombstone> AnyTombstone =
        Gen.Select(AnyKey, AnyKey, Gen.Long[1, 12], (begin, end, version) => new RangeTombstone(begin, end, version));

    private static readonly Gen<RangeTombstone[]> AnyTombstones = AnyTombstone.Array[0, 12];

    [Fact]
    public void Nothing_covers_anything_in_an_empty_set()
    {
        Assert.True(RangeTombstoneSet.Empty.IsEmpty);
        Assert.Equal(0, RangeTombstoneSet.Empty.NewestCovering("a"u8, EntryTag.VersionMax));
        Assert.True(RangeTombstoneSet.Empty.Span.IsEmpty);
    }

    [Fact]
    public void Overlapping_tombstones_are_cut_where_their_ends_lie()
    {
        var set = RangeTombstoneSet.Empty
            .With("a"u8.ToArray(), "m"u8.ToArray(), 3).With("f"u8.ToArray(), "t"u8.ToArray(), 7);

        Assert.Equal("[a,f)@3 [f,m)@7,3 [m,t)@7", Draw(set));
    }

    [Fact]
    public void Touching_tombstones_of_one_version_melt_together()
    {
        var set = RangeTombstoneSet.Empty.With("a"u8.ToArray(), "c"u8.ToArray(), 3)
            .With("e"u8.ToArray(), "g"u8.ToArray(), 3).With("c"u8.ToArray(), "e"u8.ToArray(), 3);

        Assert.Equal("[a,g)@3", Draw(set));
    }

    [Fact]
    public void A_set_answers_as_the_list_of_its_tombstones_does() => AnyTombstones.Sample(tombstones =>
        AssertCoversAs(tombstones, RangeTombstoneSet.Build(tombstones)));

    [Fact]
    public void Adding_one_by_one_makes_the_same_set_as_building_at_once() => AnyTombstones.Sample(tombstones =>
    {
        var set = RangeTombstoneSet.Empty;
        foreach (var (begin, end, version) in tombstones)
            set = set.With(begin, end, version);
        var built = RangeTombstoneSet.Build(tombstones);

        Assert.Equal(Draw(built), Draw(set));
        Assert.Equal(built.SizeBytes, set.SizeBytes);
    });

    [Fact]
    public void Flattening_and_building_again_changes_nothing() => AnyTombstones.Sample(tombstones =>
    {
        var set = RangeTombstoneSet.Build(tombstones);
        Assert.Equal(Draw(set), Draw(RangeTombstoneSet.Build(set.Flatten())));
    });

    [Fact]
    public void Span_and_versions_are_those_of_the_tombstones() => AnyTombstones.Sample(tombstones =>
    {
        var set = RangeTombstoneSet.Build(tombstones);
        var real = tombstones.Where(IsReal).ToArray();

        Assert.Equal(real.Length == 0, set.IsEmpty);
        if (real.Length == 0)
            return;
        Assert.Equal(real.Min(tombstone => tombstone.Version), set.OldestVersion);
        Assert.Equal(real.Max(tombstone => tombstone.Version), set.NewestVersion);
        var begin = real.Select(tombstone => tombstone.Begin).Min(Order);
        var end = real.Select(tombstone => tombstone.End).Max(Order);
        Assert.Equal(new KeyRange(begin!, end!), set.Span);
    });

    [Fact]
    public void Clipping_keeps_what_lies_in_the_range_and_nothing_else() =>
        Gen.Select(AnyTombstones, AnyKey, AnyKey).Sample((tombstones, one, other) =>
        {
            var range = Order.Compare(one, other) <= 0 ? new KeyRange(one, other) : new KeyRange(other, one);
            var set = RangeTombstoneSet.Build(tombstones);
            var clipped = set.Clip(range);

            foreach (var key in Keys())
            {
                for (var version = 0; version <= 13; version++)
                {
                    var expected = range.Contains(key) ? set.NewestCovering(key, version) : 0;
                    Assert.Equal(expected, clipped.NewestCovering(key, version));
                }
            }
        });

    // A reader cannot tell two sets apart if at its version they hide the same entries, whatever version those have.
    // Above the last boundary readers read everywhere, below it at the boundaries alone.
    [Fact]
    public void No_reader_can_tell_that_versions_were_dropped() =>
        Gen.Select(AnyTombstones, Gen.Long[1, 12].Array[0, 4]).Sample((tombstones, boundaries) =>
        {
            boundaries = [.. boundaries.Distinct().Order()];
            var set = RangeTombstoneSet.Build(tombstones);
            var kept = set.DropUnreadable(boundaries, isBottom: false);

            foreach (var key in Keys())
            {
                foreach (var reader in Readers(boundaries))
                    Assert.Equal(set.NewestCovering(key, reader), kept.NewestCovering(key, reader));
            }
        });

    [Fact]
    public void Between_two_boundaries_one_version_stays() =>
        Gen.Select(AnyTombstones, Gen.Long[1, 12].Array[1, 4]).Sample((tombstones, boundaries) =>
        {
            boundaries = [.. boundaries.Distinct().Order()];
            var kept = RangeTombstoneSet.Build(tombstones).DropUnreadable(boundaries, isBottom: false);

            for (var index = 0; index < kept.FragmentCount; index++)
            {
                var stripes = kept[index].Versions.Where(version => version <= boundaries[^1])
                    .Select(version => boundaries.Count(boundary => boundary < version)).ToArray();
                Assert.Equal(stripes.Distinct(), stripes);
            }
        });

    [Fact]
    public void At_the_bottom_what_every_reader_sees_vanishes_and_nothing_else() =>
        Gen.Select(AnyTombstones, Gen.Long[1, 12].Array[1, 4]).Sample((tombstones, boundaries) =>
        {
            boundaries = [.. boundaries.Distinct().Order()];
            var set = RangeTombstoneSet.Build(tombstones);
            var kept = set.DropUnreadable(boundaries, isBottom: true);

            foreach (var key in Keys())
            {
                foreach (var reader in Readers(boundaries))
                {
                    var expected = set.NewestCovering(key, reader);
                    Assert.Equal(expected > boundaries[0] ? expected : 0, kept.NewestCovering(key, reader));
                }
            }
        });

    [Fact]
    public void Without_boundaries_everything_is_readable()
    {
        var set = RangeTombstoneSet.Empty
            .With("a"u8.ToArray(), "c"u8.ToArray(), 3).With("a"u8.ToArray(), "c"u8.ToArray(), 5);
        Assert.Equal(Draw(set), Draw(set.DropUnreadable([], isBottom: true)));
    }

    private static void AssertCoversAs(RangeTombstone[] tombstones, RangeTombstoneSet set)
    {
        foreach (var key in Keys())
        {
            for (var version = 0; version <= 13; version++)
                Assert.Equal(NewestCovering(tombstones, key, version), set.NewestCovering(key, version));
            var index = set.IndexAtOrBehind(key);
            Assert.True(index == 0 || Order.Compare(set[index - 1].End, key) <= 0);
            Assert.True(index == set.FragmentCount || Order.Compare(set[index].End, key) > 0);
        }
    }

    private static long NewestCovering(RangeTombstone[] tombstones, byte[] key, long version) => tombstones
        .Where(one => Order.Compare(one.Begin, key) <= 0 && Order.Compare(key, one.End) < 0 && one.Version <= version)
        .Select(one => one.Version).DefaultIfEmpty(0).Max();

    private static bool IsReal(RangeTombstone tombstone) => Order.Compare(tombstone.Begin, tombstone.End) < 0;

    private static IEnumerable<long> Readers(long[] boundaries)
    {
        var floor = boundaries.LastOrDefault();
        return boundaries.Concat(Enumerable.Range(1, 13).Select(version => (long)version).Where(at => at > floor));
    }

    private static IEnumerable<byte[]> Keys()
    {
        yield return [];
        for (var first = 'a'; first <= 'i'; first++)
        {
            yield return [(byte)first];
            for (var second = 'a'; second <= 'i'; second++)
                yield return [(byte)first, (byte)second];
        }
    }

    private static string Draw(RangeTombstoneSet set) => string.Join(' ', Enumerable.Range(0, set.FragmentCount)
        .Select(index => set[index])
        .Select(one => $"[{Text(one.Begin)},{Text(one.End)})@{string.Join(',', one.Versions)}"));

    private static string Text(byte[] key) => System.Text.Encoding.ASCII.GetString(key);

    private static readonly Comparer<byte[]> Order =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
