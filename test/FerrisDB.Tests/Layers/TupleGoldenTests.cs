using System.Globalization;
using System.Numerics;
using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

// Byte for byte what FoundationDB's specification and its bindings say. Tuples are given as text, so this is the text
// form's test too.
public sealed class TupleGoldenTests
{
    [Theory]
    // The test cases of the specification.
    [InlineData("""(b"foo\x00bar")""", "01 66 6f 6f 00 ff 62 61 72 00")]
    [InlineData("""("F\u00d4O\u0000bar")""", "02 46 c3 94 4f 00 ff 62 61 72 00")]
    [InlineData("""((b"foo\x00bar", null, ()))""", "05 01 66 6f 6f 00 ff 62 61 72 00 00 ff 05 00 00")]
    [InlineData("(-5551212)", "11 ab 4b 93")]
    [InlineData("(-42.0f)", "20 3d d7 ff ff")]
    // Nothing, null, bytes and strings.
    [InlineData("()", "")]
    [InlineData("(null)", "00")]
    [InlineData("(null, null)", "00 00")]
    [InlineData("""(b"")""", "01 00")]
    [InlineData("""(b"\x01\x02\x03")""", "01 01 02 03 00")]
    [InlineData("""(b"\x00\x00\x00\x04")""", "01 00 ff 00 ff 00 ff 04 00")]
    [InlineData("""(b"\xff\x00")""", "01 ff 00 ff 00")]
    [InlineData("""("")""", "02 00")]
    [InlineData("""("hello")""", "02 68 65 6c 6c 6f 00")]
    [InlineData("""("中文")""", "02 e4 b8 ad e6 96 87 00")]
    [InlineData("""("μάθημα")""", "02 ce bc ce ac ce b8 ce b7 ce bc ce b1 00")]
    [InlineData("""("\ud83d\udd25")""", "02 f0 9f 94 a5 00")]
    [InlineData("""("\udbff\udfff")""", "02 f4 8f bf bf 00")]
    // Nested tuples.
    [InlineData("(())", "05 00")]
    [InlineData("((null))", "05 00 ff 00")]
    [InlineData("""((null, "hello"))""", "05 00 ff 02 68 65 6c 6c 6f 00 00")]
    [InlineData("""((null, "hell\u0000"))""", "05 00 ff 02 68 65 6c 6c 00 ff 00 00")]
    [InlineData("""((null), "hello")""", "05 00 ff 00 02 68 65 6c 6c 6f 00")]
    [InlineData(
        """((null), "hello", b"\x01\x00", b"")""", "05 00 ff 00 02 68 65 6c 6c 6f 00 01 01 00 ff 00 01 00")]
    [InlineData("((((1))), null)", "05 05 05 15 01 00 00 00 00")]
    // Integers: each size, and where one ends.
    [InlineData("(0)", "14")]
    [InlineData("(1)", "15 01")]
    [InlineData("(-1)", "13 fe")]
    [InlineData("(255)", "15 ff")]
    [InlineData("(-255)", "13 00")]
    [InlineData("(256)", "16 01 00")]
    [InlineData("(-256)", "12 fe ff")]
    [InlineData("(65535)", "16 ff ff")]
    [InlineData("(-65535)", "12 00 00")]
    [InlineData("(65536)", "17 01 00 00")]
    [InlineData("(-65536)", "11 fe ff ff")]
    [InlineData("(16777216)", "18 01 00 00 00")]
    [InlineData("(-4294967295)", "10 00 00 00 00")]
    [InlineData("(4294967296)", "19 01 00 00 00 00")]
    [InlineData("(-4294967296)", "0f fe ff ff ff ff")]
    [InlineData("(1099511627776)", "1a 01 00 00 00 00 00")]
    [InlineData("(-1099511627776)", "0e fe ff ff ff ff ff")]
    [InlineData("(281474976710656)", "1b 01 00 00 00 00 00 00")]
    [InlineData("(-281474976710656)", "0d fe ff ff ff ff ff ff")]
    [InlineData("(9223372036854775807)", "1c 7f ff ff ff ff ff ff ff")]
    [InlineData("(9223372036854775808)", "1c 80 00 00 00 00 00 00 00")]
    [InlineData("(18446744073709551615)", "1c ff ff ff ff ff ff ff ff")]
    [InlineData("(-9223372036854775806)", "0c 80 00 00 00 00 00 00 01")]
    [InlineData("(-9223372036854775807)", "0c 80 00 00 00 00 00 00 00")]
    [InlineData("(-9223372036854775808)", "0c 7f ff ff ff ff ff ff ff")]
    [InlineData("(-9223372036854775809)", "0c 7f ff ff ff ff ff ff fe")]
    [InlineData("(-18446744073709551615)", "0c 00 00 00 00 00 00 00 00")]
    // Integers beyond eight bytes.
    [InlineData("(18446744073709551616)", "1d 09 01 00 00 00 00 00 00 00 00")]
    [InlineData("(-18446744073709551616)", "0b f6 fe ff ff ff ff ff ff ff ff")]
    [InlineData("(-4722366482869645213695)", "0b f6 00 00 00 00 00 00 00 00 00")]
    [InlineData("(4722366482869645213696)", "1d 0a 01 00 00 00 00 00 00 00 00 00")]
    // Floats and doubles.
    [InlineData("(3.14f)", "20 c0 48 f5 c3")]
    [InlineData("(-3.14f)", "20 3f b7 0a 3c")]
    [InlineData("(3.14)", "21 c0 09 1e b8 51 eb 85 1f")]
    [InlineData("(-3.14)", "21 3f f6 e1 47 ae 14 7a e0")]
    [InlineData("(0.0f)", "20 80 00 00 00")]
    [InlineData("(-0.0f)", "20 7f ff ff ff")]
    [InlineData("(0.0)", "21 80 00 00 00 00 00 00 00")]
    [InlineData("(-0.0)", "21 7f ff ff ff ff ff ff ff")]
    [InlineData("(float(inf))", "20 ff 80 00 00")]
    [InlineData("(float(-inf))", "20 00 7f ff ff")]
    [InlineData("(double(inf))", "21 ff f0 00 00 00 00 00 00")]
    [InlineData("(double(-inf))", "21 00 0f ff ff ff ff ff ff")]
    [InlineData("(float(0x7fffffff))", "20 ff ff ff ff")]
    [InlineData("(float(0xffffffff))", "20 00 00 00 00")]
    [InlineData("(float(0x7f800001))", "20 ff 80 00 01")]
    [InlineData("(double(0x7fffffffffffffff))", "21 ff ff ff ff ff ff ff ff")]
    [InlineData("(double(0xffffffffffffffff))", "21 00 00 00 00 00 00 00 00")]
    [InlineData("(double(0x7ff0000000000001))", "21 ff f0 00 00 00 00 00 01")]
    // The others.
    [InlineData("(false)", "26")]
    [InlineData("(true)", "27")]
    [InlineData(
        "(ffffffff-ba5e-ba11-0000-00005ca1ab1e)", "30 ff ff ff ff ba 5e ba 11 00 00 00 00 5c a1 ab 1e")]
    [InlineData(
        "(versionstamp(aabbccddeeff00010203:0))", "33 aa bb cc dd ee ff 00 01 02 03 00 00")]
    [InlineData(
        "(versionstamp(0102030405060708090a:657))", "33 01 02 03 04 05 06 07 08 09 0a 02 91")]
    public void A_tuple_has_the_bytes_of_the_specification(string text, string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var tuple = TupleText.Parse(text);

        Assert.Equal(bytes, TupleEncoding.Pack(tuple));
        Assert.Equal(tuple, TupleEncoding.Unpack(bytes));
        Assert.True(TupleEncoding.TryUnpack(bytes, out var again));
        Assert.Equal(bytes, TupleEncoding.Pack(again));
    }

    [Fact]
    public void The_largest_integer_has_255_bytes_and_the_next_one_is_refused()
    {
        var largest = BigInteger.Pow(2, 8 * 255) - 1;

        Assert.Equal("1dff" + new string('f', 2 * 255), Hex(TupleEncoding.Pack(largest)));
        Assert.Equal("0b00" + new string('0', 2 * 255), Hex(TupleEncoding.Pack(-largest)));
        Assert.Equal(largest, TupleEncoding.Unpack<BigInteger>(TupleEncoding.Pack(largest)));
        Assert.Equal(-largest, TupleEncoding.Unpack<BigInteger>(TupleEncoding.Pack(-largest)));

        var error = Assert.Throws<FerrisException>(() => TupleEncoding.Pack("a", largest + 1));
        Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
        Assert.Contains("256 bytes", error.Message);
        Assert.Contains("element 1", error.Message);
    }

    // FoundationDB's Python binding writes 2^64-1 like this; its other bindings do not, and neither do we.
    [Theory]
    [InlineData("1d 08 ff ff ff ff ff ff ff ff", "18446744073709551615")]
    [InlineData("0b f7 00 00 00 00 00 00 00 00", "-18446744073709551615")]
    [InlineData("1d 00", "0")]
    [InlineData("16 00 07", "7")]
    [InlineData("12 ff f8", "-7")]
    [InlineData("13 ff", "0")]
    public void Integers_with_more_bytes_than_needed_are_read(string hex, string value)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var expected = BigInteger.Parse(value, CultureInfo.InvariantCulture);

        Assert.Equal(expected, TupleEncoding.Unpack<BigInteger>(bytes));
    }

    [Fact]
    public void An_incomplete_versionstamp_is_packed_with_the_place_to_fill_in()
    {
        var key = TupleEncoding.PackWithVersionstamp("a", Versionstamp.Incomplete(5), 1);
        var nested = new Subspace("log").PackWithVersionstamp(("a", Versionstamp.Incomplete(7)));

        Assert.Equal("026100" + "33" + "ffffffffffffffffffff" + "0005" + "1501" + "04000000", Hex(key));
        Assert.Equal(
            "026c6f6700" + "05" + "026100" + "33" + "ffffffffffffffffffff" + "0007" + "00" + "0a000000", Hex(nested));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
