using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>What space saving promises, against counts that are exact.</summary>
public sealed class HotKeysTests
{
    public static TheoryData<int> Seeded => [.. Seeds.ToTry(20)];

    [Theory, MemberData(nameof(Seeded))]
    public void Counts_are_within_their_error_and_no_hot_key_is_missed(int seed) => CheckAgainstExactCounts(seed);

    [Fact]
    public void What_was_hot_before_the_last_turn_is_forgotten_with_the_next()
    {
        var keys = new HotKeys();
        keys.Add("old"u8);
        keys.Turn();
        keys.Add("new"u8);
        keys.Add("old"u8);

        Assert.Equal(["old:2", "new:1"], Texts(keys, out var sampled));
        Assert.Equal(3, sampled);
        keys.Turn();
        Assert.Equal(["new:1", "old:1"], Texts(keys, out _));
        keys.Turn();
        Assert.Empty(Texts(keys, out sampled));
        Assert.Equal(0, sampled);
    }

    [Fact]
    public void A_long_key_counts_by_its_first_bytes()
    {
        var keys = new HotKeys();
        keys.Add(new byte[1000]);
        keys.Add(new byte[HotKeys.KeyBytesMax + 1]);

        var key = Assert.Single(keys.Top(10, out _));

        Assert.Equal((HotKeys.KeyBytesMax, 2), (key.Key.Length, key.Count));
    }

    [Fact]
    public void A_key_that_is_known_costs_no_memory()
    {
        var keys = new HotKeys();
        keys.Add("a"u8);

        Assert.Equal(0, Allocations.LeastOf(5, () => keys.Add("a"u8)));
    }

    // A few keys come up often, later a few others; and many once or twice, more of them than there are counters.
    internal static void CheckAgainstExactCounts(int seed)
    {
        var random = new Random(seed);
        var keys = new HotKeys();
        var exact = new Dictionary<int, long>();
        var draws = random.Next(1_000, 20_000);
        for (var draw = 0; draw < draws; draw++)
        {
            var hot = random.Next(10) + (draw < draws / 2 ? 0 : 10_000);
            var key = random.Next(4) == 0 ? hot : random.Next(5_000);
            exact[key] = exact.GetValueOrDefault(key) + 1;
            keys.Add(BitConverter.GetBytes(key));
        }
        var found = keys.Top(int.MaxValue, out var sampled)
            .ToDictionary(each => BitConverter.ToInt32(each.Key));

        Assert.Equal(draws, sampled);
        Assert.InRange(found.Count, 1, HotKeys.CountersMax);
        foreach (var (key, hot) in found)
            Assert.True(
                hot.Count >= exact[key] && hot.Count - hot.Error <= exact[key],
                $"key {key}: {hot.Count} - {hot.Error} is told, {exact[key]} is true; FERRIS_SEED={seed}");
        foreach (var (key, count) in exact)
            Assert.True(
                count * HotKeys.CountersMax <= draws || found.ContainsKey(key),
                $"key {key} is missed: {count} of {draws}; FERRIS_SEED={seed}");
    }

    private static IEnumerable<string> Texts(HotKeys keys, out long sampled) =>
        keys.Top(10, out sampled).Select(each => $"{KeyText.Of(each.Key)}:{each.Count}");
}
