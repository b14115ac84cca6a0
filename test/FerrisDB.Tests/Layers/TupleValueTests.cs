using System.Numerics;
using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

public sealed class TupleValueTests
{
    [Fact]
    public void Every_integer_type_becomes_the_same_element()
    {
        TupleValue[] sevens =
            [(byte)7, (sbyte)7, (short)7, (ushort)7, 7, 7u, 7L, 7UL, (BigInteger)7, (int?)7, (long?)7];

        Assert.All(sevens, seven => Assert.Equal(7, seven));
        Assert.All(sevens, seven => Assert.Equal([0x15, 7], TupleEncoding.Pack(seven)));
        Assert.All(sevens, seven => Assert.Equal(sevens[0].GetHashCode(), seven.GetHashCode()));
    }

    [Fact]
    public void What_may_be_null_becomes_null()
    {
        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0],
            TupleEncoding.Pack(
                TupleValue.Null, default, (string?)null, (byte[]?)null, (int?)null, (long?)null, (bool?)null,
                (Guid?)null, (TupleValue[]?)null));
        Assert.True(default(TupleValue).IsNull);
    }

    [Fact]
    public void C_sharp_tuples_are_nested_tuples()
    {
        var place = (X: 3, Y: 7L);

        Assert.Equal("""("at", (3, 7), ("a", true, null), (1, 2, 3, (4, 5)))""", TupleText.Format(
            ["at", place, ("a", true, default), (1, 2, 3, (4, 5))]));
        Assert.Equal(TupleEncoding.Pack(TupleValue.Nested(3, 7)), TupleEncoding.Pack((3, 7)));
    }

    [Fact]
    public void An_array_of_elements_is_the_tuple_alone_and_nested_among_others()
    {
        TupleValue[] pair = ["a", 1];

        Assert.Equal(TupleEncoding.Pack("a", 1), TupleEncoding.Pack(pair));
        Assert.Equal(TupleEncoding.Pack("b", ("a", 1)), TupleEncoding.Pack("b", pair));
    }

    [Fact]
    public void Integers_are_read_as_any_type_that_holds_them()
    {
        TupleValue value = 200;

        Assert.Equal(200, value.As<byte>());
        Assert.Equal(200, value.As<short>());
        Assert.Equal(200, value.As<ushort>());
        Assert.Equal(200, value.As<int>());
        Assert.Equal(200u, value.As<uint>());
        Assert.Equal(200, value.As<long>());
        Assert.Equal(200ul, value.As<ulong>());
        Assert.Equal(200, value.As<BigInteger>());
        Assert.Equal(200, value.As<int?>());
        Assert.False(value.TryAs<sbyte>(out _));
        Assert.False(((TupleValue)(-1)).TryAs<uint>(out _));
        Assert.False(((TupleValue)(-1)).TryAs<ulong>(out _));
        Assert.False(((TupleValue)(1L << 32)).TryAs<int>(out _));
        Assert.False(((TupleValue)ulong.MaxValue).TryAs<long>(out _));
        Assert.Equal(ulong.MaxValue, ((TupleValue)ulong.MaxValue).As<ulong>());
        Assert.Equal(long.MinValue, ((TupleValue)long.MinValue).As<long>());
        Assert.False(((TupleValue)((BigInteger)long.MinValue - 1)).TryAs<long>(out _));
        Assert.False(((TupleValue)BigInteger.Pow(2, 64)).TryAs<ulong>(out _));
        Assert.False(((TupleValue)BigInteger.Pow(2, 64)).TryAs<long>(out _));
    }

    [Fact]
    public void A_value_of_another_kind_is_refused_with_what_it_is()
    {
        var packed = TupleEncoding.Pack("ada", "a long string that would fill the message if it were not cut short");

        var error = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack<string, long>(packed));

        Assert.Equal(ErrorCode.InvalidTupleDataType, error.Code);
        Assert.StartsWith("Element 1 of the tuple, \"a long string", error.Message);
        Assert.Contains("...", error.Message);
        Assert.EndsWith("is of kind String; it cannot be read as Int64.", error.Message);
        Assert.False(TupleEncoding.TryUnpack<string, long>(packed, out _, out _));
        Assert.False(((TupleValue)1.5f).TryAs<double>(out _));
        Assert.False(TupleValue.Null.TryAs<int>(out _));
        Assert.False(((TupleValue)1).TryAs<decimal>(out _));
    }

    [Fact]
    public void Null_is_read_as_whatever_can_be_null()
    {
        Assert.Null(TupleValue.Null.As<string>());
        Assert.Null(TupleValue.Null.As<byte[]>());
        Assert.Null(TupleValue.Null.As<int?>());
        Assert.Null(TupleValue.Null.As<Guid?>());
        Assert.Null(TupleValue.Null.As<TupleValue[]>());
    }

    [Fact]
    public void The_number_of_elements_must_be_the_one_that_is_asked_for()
    {
        var packed = TupleEncoding.Pack("a", 1);

        var fewer = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack<string, int, int>(packed));
        var more = Assert.Throws<FerrisException>(() => TupleEncoding.Unpack<string>(packed));

        Assert.Equal(ErrorCode.InvalidTupleIndex, fewer.Code);
        Assert.Equal("The tuple has 2 elements; there is none at 2.", fewer.Message);
        Assert.Equal(ErrorCode.InvalidTupleIndex, more.Code);
        Assert.False(TupleEncoding.TryUnpack<string, int, int>(packed, out _, out _, out _));
        Assert.False(TupleEncoding.TryUnpack<string>(packed, out _));
        Assert.True(TupleEncoding.TryUnpack<string, int>(packed, out var name, out var id));
        Assert.Equal(("a", 1), (name, id));
    }

    [Fact]
    public void Every_number_of_elements_up_to_four_has_its_types()
    {
        var id = new Guid("550e8400-e29b-41d4-a716-446655440000");
        var stamp = new Versionstamp(200, 3, 4);

        Assert.Equal(stamp, TupleEncoding.Unpack<Versionstamp>(TupleEncoding.Pack(stamp)));
        Assert.Equal((1.5, 2.5f), TupleEncoding.Unpack<double, float>(TupleEncoding.Pack(1.5, 2.5f)));
        Assert.Equal((true, id, null), TupleEncoding.Unpack<bool, Guid, bool?>(TupleEncoding.Pack(true, id, default)));
        var (first, second, third, fourth) = TupleEncoding.Unpack<TupleValue, TupleValue[], byte[], string>(
            TupleEncoding.Pack(7, (1, 2), new byte[] { 9 }, "x"));
        Assert.Equal(7, first);
        Assert.Equal([1, 2], second);
        Assert.Equal([9], third);
        Assert.Equal("x", fourth);
        Assert.True(TupleEncoding.TryUnpack<int, int, int>(TupleEncoding.Pack(1, 2, 3), out _, out _, out var last));
        Assert.Equal(3, last);
        Assert.True(TupleEncoding.TryUnpack<int, int, int, int>(
            TupleEncoding.Pack(1, 2, 3, 4), out _, out _, out _, out last));
        Assert.Equal(4, last);
    }

    [Fact]
    public void Bytes_may_be_a_part_of_an_array()
    {
        var array = "abcdef"u8.ToArray();
        TupleValue part = (ReadOnlyMemory<byte>)array.AsMemory(1, 3);

        Assert.Equal("bcd"u8.ToArray(), part.As<byte[]>());
        Assert.Equal("bcd"u8.ToArray(), part.As<ReadOnlyMemory<byte>>().ToArray());
        Assert.Equal((TupleValue)"bcd"u8.ToArray(), part);
        Assert.Equal(((TupleValue)"bcd"u8.ToArray()).GetHashCode(), part.GetHashCode());
        Assert.Equal([1, .. "bcd"u8, 0], TupleEncoding.Pack(part));
    }

    [Fact]
    public void Equal_means_equal_when_packed()
    {
        Assert.NotEqual((TupleValue)0.0, -0.0);
        Assert.Equal((TupleValue)double.NaN, double.NaN);
        Assert.NotEqual((TupleValue)1.0, 1);
        Assert.NotEqual((TupleValue)1.0, 1f);
        Assert.NotEqual((TupleValue)"a", "a"u8.ToArray());
        Assert.True((TupleValue)"a" == "a");
        Assert.True((TupleValue)"a" != "b");
        Assert.False(((TupleValue)1).Equals(new object()));
        Assert.Equal((TupleValue)BigInteger.Pow(2, 70), BigInteger.Pow(2, 70));
        Assert.NotEqual((TupleValue)BigInteger.Pow(2, 70), 0);
        Assert.NotEqual((TupleValue)(1, 2), (1, 3));
    }

    [Fact]
    public void A_reader_goes_through_a_tuple_element_by_element()
    {
        var reader = new TupleReader(TupleEncoding.Pack("a", (1, (2, 3)), 4));

        Assert.Equal("a", reader.Read<string>());
        reader.Skip();
        Assert.Equal((2, 13), (reader.Index, reader.Position));
        Assert.True(reader.TryRead(out int last));
        Assert.Equal(4, last);
        Assert.True(reader.IsAtEnd);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Packing_allocates_the_array_of_the_key_and_unpacking_what_it_returns()
    {
        var users = new Subspace("users");
        var key = users.Pack("ada", 42L, true);
        var destination = new byte[64];
        var number = TupleEncoding.Pack(1L, 2.5);

        AssertAllocates(0, () => users.TryPack(destination, out _, "ada", 42L, Guid.Empty, 1.5));
        AssertAllocates(0, () => TupleEncoding.Unpack<long, double>(number));
        AssertAllocates(0, () => TupleEncoding.Unpack<int?, double?>(number));
        AssertAllocates(0, () => TupleEncoding.TryUnpack<string, long>(number, out _, out _));
        AssertAllocates(40, () => users.Pack("ada", 42L, true));
        AssertAllocates(32, () => users.Unpack<string, long, bool>(key));
    }

    private static void AssertAllocates(long bytes, Action action)
    {
        const int Times = 100;
        for (var time = 0; time < Times; time++)
            action();
        Assert.Equal(bytes * Times, Allocations.LeastOf(rounds: 10, () =>
        {
            for (var time = 0; time < Times; time++)
                action();
        }));
    }
}
