using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

// Bytes that are no tuple: an error that tells the place, and never anything else.
public sealed class TupleDamageTests
{
    private static readonly string[] OneOfEach =
    [
        """("a\u0000b", b"\x00\xff", null, (null, ("x", 1)), 1000, -70000)""",
        "(18446744073709551616, -18446744073709551616, 1.5, -2.5f, true)",
        "(550e8400-e29b-41d4-a716-446655440000, versionstamp(0102030405060708090a:657))",
    ];

    // Without the ff that follows it, a zero is the end.
    [Fact]
    public void A_tuple_cut_anywhere_but_between_elements_is_refused()
    {
        foreach (var tuple in OneOfEach.Select(text => TupleText.Parse(text)))
        {
            var packed = TupleEncoding.Pack(tuple);
            var ends = Enumerable.Range(0, tuple.Length + 1)
                .ToDictionary(count => TupleEncoding.Pack(tuple.AsSpan(0, count)).Length);
            for (var length = 0; length < packed.Length; length++)
            {
                var cut = packed[..length];
                if (ends.TryGetValue(length, out var count))
                    Assert.Equal(tuple[..count], TupleEncoding.Unpack(cut));
                else if (packed[length - 1] == 0 && packed[length] == 0xff)
                    Assert.Equal(cut, TupleEncoding.Pack(TupleEncoding.Unpack(cut)));
                else
                    AssertRefused(cut);
            }
        }
    }

    // Most are of FoundationDB's Java binding, which refuses them too.
    [Theory]
    [InlineData("01 de ad c0 de", "a byte string does not end, at byte 0, in element 0")]
    [InlineData("14 01 de ad 00 ff c0 de", "a byte string does not end, at byte 1, in element 1")]
    [InlineData("02 68 65 6c 6c 6f", "a string does not end")]
    [InlineData("02 68 65 00 ff", "a string does not end")]
    [InlineData("02 75 74 66 08 80 00", "a string is no valid UTF-8")]
    [InlineData("02 75 74 66 08 c0 01 00", "a string is no valid UTF-8")]
    [InlineData("02 ed a0 bd 00", "a string is no valid UTF-8")]
    [InlineData("02 ed a0 bd ed b4 a5 00", "a string is no valid UTF-8")]
    [InlineData("15 01 05 14 02 c0 00 ff 00 00", "a string is no valid UTF-8, at byte 4, in element 1")]
    [InlineData("05 02 68 65 6c 6c 6f 00", "a nested tuple does not end, at byte 8")]
    [InlineData("05 02 68 00 00 ff 02 74 00", "a nested tuple does not end")]
    [InlineData("05", "a nested tuple does not end")]
    [InlineData("05 00 ff", "a nested tuple does not end")]
    [InlineData("16 01", "the element is cut short")]
    [InlineData("12 01", "the element is cut short")]
    [InlineData("1d", "the element is cut short")]
    [InlineData("1d 09 01 02 03 04 05 06 07 08", "the element is cut short")]
    [InlineData("0b f6 01 02 03 04 05 06 07 08", "the element is cut short")]
    [InlineData("20 01 02 03", "the element is cut short")]
    [InlineData("21 01 02 03 04 05 06 07", "the element is cut short")]
    [InlineData("30 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e", "the element is cut short")]
    [InlineData("33 01 02 03 04 05 06 07 08 09 0a 0b", "the element is cut short")]
    [InlineData("14 05 15 01 ff", "no type has the code 0xff, at byte 4, in element 1")]
    [InlineData("03 04", "no type has the code 0x03")]
    [InlineData("25", "no type has the code 0x25")]
    [InlineData("32 01 02 03 04 05 06 07 08 09 0a", "no type has the code 0x32")]
    public void Malformed_bytes_are_refused_with_their_place(string hex, string problem)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        AssertRefused(bytes);
        var error = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack(bytes));
        Assert.StartsWith($"These bytes are no tuple: {problem}", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_bytes_are_a_tuple_or_are_refused(int seed)
    {
        var random = new Random(seed);
        byte[] likely = [0, 0, 0xff, 1, 2, 5, 5, 0x0b, 0x13, 0x14, 0x16, 0x1d, 0x20, 0x26, 0x61, 0xf6];
        var tuples = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(24)];
            foreach (ref var each in bytes.AsSpan())
                each = random.Next(8) == 0 ? (byte)random.Next(256) : likely[random.Next(likely.Length)];
            if (!TupleEncoding.TryUnpack(bytes, out var tuple))
            {
                AssertRefused(bytes);
                continue;
            }
            tuples++;
            Assert.Equal(tuple, TupleEncoding.Unpack(bytes));
            Assert.Equal(tuple, TupleEncoding.Unpack(TupleEncoding.Pack(tuple)));
        }
        Assert.InRange(tuples, 500, 19_500);
    }

    [Fact]
    public void Nesting_without_end_costs_no_stack()
    {
        var hole = new byte[1 << 20];
        Array.Fill(hole, (byte)5);
        var value = TupleValue.Nested(1);
        for (var depth = 1; depth < 100; depth++)
            value = TupleValue.Nested(value);
        var circle = new TupleValue[1];
        circle[0] = circle;

        AssertRefused(hole);
        Assert.Equal(value, TupleEncoding.Unpack<TupleValue>(TupleEncoding.Pack(value)));
        AssertTooDeep(() => TupleEncoding.Pack(TupleValue.Nested(value)));
        AssertTooDeep(() => TupleEncoding.Pack(circle));
        Assert.Contains("(...)", TupleText.Format(circle));
    }

    [Fact]
    public void What_no_tuple_can_hold_is_refused()
    {
        var half = Assert.Throws<FerrisException>(() => TupleEncoding.Pack(1, "ab\ud83d"));
        var incomplete = Assert.Throws<FerrisException>(() => TupleEncoding.Pack(Versionstamp.Incomplete()));
        var none = Assert.Throws<FerrisException>(() => TupleEncoding.PackWithVersionstamp(new Versionstamp(1, 2)));
        var two = Assert.Throws<FerrisException>(
            () => TupleEncoding.PackWithVersionstamp(Versionstamp.Incomplete(), (1, Versionstamp.Incomplete())));

        Assert.All([half, incomplete, none, two], error => Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code));
        Assert.Contains("half a surrogate pair, behind 2 bytes of UTF-8, in element 1", half.Message);
        Assert.Contains("PackWithVersionstamp", incomplete.Message);
        Assert.Contains("no incomplete versionstamp", none.Message);
        Assert.Contains("a second incomplete versionstamp, in element 1", two.Message);
    }

    private static void AssertRefused(byte[] bytes)
    {
        var error = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack(bytes));
        Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
        Assert.Contains("at byte", error.Message);
        Assert.False(TupleEncoding.TryUnpack(bytes, out _));
    }

    private static void AssertTooDeep(Func<object> pack)
    {
        var error = Assert.Throws<FerrisException>(pack);
        Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
        Assert.Contains("100 deep", error.Message);
    }
}
