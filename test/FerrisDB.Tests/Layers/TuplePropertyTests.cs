using System.Buffers;
using System.Numerics;
using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

// Random tuples of every kind against a model that knows the order of the values and nothing of the bytes.
// FERRIS_SEEDS=1000 tries more, FERRIS_SEED=17 that one.
public sealed class TuplePropertyTests
{
    private const int TuplesPerSeed = 120;

    public static TheoryData<int> Seed => [.. Seeds.ToTry(standard: 6)];

    [Theory]
    [MemberData(nameof(Seed))]
    public void Packed_tuples_are_ordered_like_the_tuples(int seed) =>
        Assert.Null(FindDisorder(seed, TupleEncoding.Pack));

    [Fact]
    public void The_check_of_the_order_finds_an_encoding_without_escapes()
    {
        // Bytes ff behind a zero are left out, as an encoder would that forgets to escape.
        static byte[] Careless(ReadOnlySpan<TupleValue> tuple)
        {
            var packed = TupleEncoding.Pack(tuple);
            return [.. packed.Where((each, i) => each != 0xff || i == 0 || packed[i - 1] != 0)];
        }

        Assert.NotNull(FindDisorder(1, Careless));
    }

    [Theory]
    [MemberData(nameof(Seed))]
    public void What_is_packed_is_unpacked_bit_for_bit(int seed)
    {
        foreach (var tuple in Tuples(seed))
        {
            var values = TupleModel.ToValues(tuple);
            var packed = TupleEncoding.Pack(values);

            var unpacked = TupleEncoding.Unpack(packed);

            Assert.True(
                TupleModel.AreSame(tuple, TupleModel.FromValues(unpacked)),
                $"FERRIS_SEED={seed}: {TupleText.Format(values)} became {TupleText.Format(unpacked)}");
            Assert.Equal(values, unpacked);
            Assert.Equal(packed, TupleEncoding.Pack(unpacked));
            Assert.True(TupleEncoding.TryUnpack(packed, out var tried));
            Assert.Equal(unpacked, tried);
        }
    }

    // Integers have a way of their own into long and int.
    [Theory]
    [MemberData(nameof(Seed))]
    public void Integers_are_read_as_their_type_or_refused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var around = BigInteger.One << random.Next(0, 70);
            var value = (random.Next(2) == 0 ? around : -around) + random.Next(-2, 3);
            byte[] packed = TupleEncoding.Pack(value);
            byte[] followed = [.. packed, .. TupleEncoding.Pack(long.MaxValue)];

            AssertRead<long>(value, value >= long.MinValue && value <= long.MaxValue, packed, followed);
            AssertRead<int>(value, value >= int.MinValue && value <= int.MaxValue, packed, followed);
        }
    }

    private static void AssertRead<T>(BigInteger value, bool fits, byte[] packed, byte[] followed)
        where T : INumberBase<T>
    {
        if (!fits)
        {
            var error = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack<T>(packed));
            Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
            return;
        }
        Assert.Equal(value, BigInteger.CreateChecked(TupleEncoding.Unpack<T>(packed)));
        Assert.Equal((T.CreateChecked(value), long.MaxValue), TupleEncoding.Unpack<T, long>(followed));
    }

    [Theory]
    [MemberData(nameof(Seed))]
    public void The_text_of_a_tuple_reads_as_the_same_tuple(int seed)
    {
        foreach (var tuple in Tuples(seed))
        {
            var packed = TupleEncoding.Pack(TupleModel.ToValues(tuple));
            var text = TupleText.Format(TupleModel.ToValues(tuple));

            Assert.Equal(packed, TupleEncoding.Pack(TupleText.Parse(text)));
        }
    }

    [Theory]
    [MemberData(nameof(Seed))]
    public void All_ways_of_packing_write_the_same(int seed)
    {
        var subspace = Subspace.FromPrefix("any\0prefix"u8);
        foreach (var tuple in Tuples(seed).Select(TupleModel.ToValues))
        {
            byte[] expected = [.. "any\0prefix"u8, .. TupleEncoding.Pack(tuple)];
            var output = new ArrayBufferWriter<byte>();
            subspace.PackTo(output, tuple);
            var destination = new byte[expected.Length];

            Assert.Equal(expected, subspace.Pack(tuple));
            Assert.Equal(expected, output.WrittenSpan.ToArray());
            Assert.Equal(expected, subspace.Sub(tuple).Prefix.ToArray());
            Assert.True(subspace.TryPack(destination, out var written, tuple));
            Assert.Equal(expected.Length, written);
            Assert.Equal(expected, destination);
            Assert.False(subspace.TryPack(destination.AsSpan(1), out written, tuple));
            Assert.Equal(0, written);
            Assert.Equal(tuple, subspace.Unpack(expected));
        }
    }

    [Theory]
    [MemberData(nameof(Seed))]
    public void The_range_of_a_tuple_holds_what_is_longer_and_nothing_else(int seed)
    {
        var tuples = Tuples(seed).ToList();
        foreach (var prefix in tuples)
        {
            var range = TupleEncoding.Range(TupleModel.ToValues(prefix));
            foreach (var tuple in tuples)
            {
                var isLonger = tuple.Count > prefix.Count
                    && TupleModel.AreSame(tuple[..prefix.Count], prefix);
                Assert.True(
                    isLonger == range.Contains(TupleEncoding.Pack(TupleModel.ToValues(tuple))),
                    $"FERRIS_SEED={seed}");
            }
        }
    }

    private static string? FindDisorder(int seed, Func<ReadOnlySpan<TupleValue>, byte[]> pack)
    {
        var tuples = Tuples(seed).ToList();
        var packed = tuples.ConvertAll(tuple => pack(TupleModel.ToValues(tuple)));
        for (var i = 0; i < tuples.Count; i++)
        {
            for (var j = 0; j < tuples.Count; j++)
            {
                var expected = Math.Sign(TupleModel.Compare(tuples[i], tuples[j]));
                if (expected != Math.Sign(packed[i].AsSpan().SequenceCompareTo(packed[j])))
                {
                    return $"FERRIS_SEED={seed}: {TupleText.Format(TupleModel.ToValues(tuples[i]))} and "
                        + $"{TupleText.Format(TupleModel.ToValues(tuples[j]))} compare {expected}";
                }
            }
        }
        return null;
    }

    private static IEnumerable<List<object?>> Tuples(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, TuplesPerSeed).Select(_ => TupleModel.RandomTuple(random));
    }
}
