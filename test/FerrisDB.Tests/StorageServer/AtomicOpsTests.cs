using System.Numerics;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>A table of cases, then random ones against functions written with big integers.</summary>
public sealed class AtomicOpsTests
{
    private const int ValueSizeLimit = 12;

    private static readonly MutationKind[] Kinds =
        Enum.GetValues<MutationKind>().Where(AtomicOps.Includes).ToArray();

    // Kind, value ("-": absent), operand, result; in hexadecimal, little-endian.
    [Theory]
    [InlineData("Add", "-", "0102", "0102")]
    [InlineData("Add", "", "0102", "0102")]
    [InlineData("Add", "05", "", "")]
    [InlineData("Add", "ff", "0100", "0001")]
    [InlineData("Add", "ffff", "01", "00")]
    [InlineData("Add", "ff00000000000000", "0100000000000000", "0001000000000000")]
    [InlineData("Add", "ffffffffffffffff", "0100000000000000", "0000000000000000")]
    [InlineData("Add", "01", "ffffff", "000000")]
    [InlineData("BitAnd", "-", "0f", "0f")]
    [InlineData("BitAnd", "", "0f0f", "0000")]
    [InlineData("BitAnd", "3c", "0f0f", "0c00")]
    [InlineData("BitAnd", "3c3c", "0f", "0c")]
    [InlineData("BitAnd", "3c", "", "")]
    [InlineData("BitOr", "-", "0f", "0f")]
    [InlineData("BitOr", "", "0f", "0f")]
    [InlineData("BitOr", "30", "0f0f", "3f0f")]
    [InlineData("BitOr", "3030", "0f", "3f")]
    [InlineData("BitOr", "30", "", "")]
    [InlineData("BitXor", "-", "0f", "0f")]
    [InlineData("BitXor", "", "0f", "0f")]
    [InlineData("BitXor", "ff", "0f0f", "f00f")]
    [InlineData("BitXor", "ffff", "0f", "f0")]
    [InlineData("AppendIfFits", "-", "0102", "0102")]
    [InlineData("AppendIfFits", "", "0102", "0102")]
    [InlineData("AppendIfFits", "01", "", "01")]
    [InlineData("AppendIfFits", "01", "02", "0102")]
    [InlineData("AppendIfFits", "0102030405060708090a", "0b0c", "0102030405060708090a0b0c")]
    [InlineData("AppendIfFits", "0102030405060708090a", "0b0c0d", "0102030405060708090a")]
    [InlineData("Max", "-", "01", "01")]
    [InlineData("Max", "", "01", "01")]
    [InlineData("Max", "02", "01", "02")]
    [InlineData("Max", "02", "0100", "0200")]
    [InlineData("Max", "0002", "01", "01")]
    [InlineData("Max", "0201", "01", "02")]
    [InlineData("Max", "0100", "0001", "0001")]
    [InlineData("Max", "02", "", "")]
    [InlineData("Min", "-", "01", "01")]
    [InlineData("Min", "", "0100", "0000")]
    [InlineData("Min", "02", "01", "01")]
    [InlineData("Min", "01", "0200", "0100")]
    [InlineData("Min", "0002", "01", "00")]
    [InlineData("Min", "01", "", "")]
    [InlineData("ByteMin", "-", "02", "02")]
    [InlineData("ByteMin", "", "02", "")]
    [InlineData("ByteMin", "01ff", "02", "01ff")]
    [InlineData("ByteMin", "0101", "01", "01")]
    [InlineData("ByteMax", "-", "02", "02")]
    [InlineData("ByteMax", "", "02", "02")]
    [InlineData("ByteMax", "01ff", "02", "02")]
    [InlineData("ByteMax", "0101", "01", "0101")]
    [InlineData("ByteMax", "01", "", "01")]
    [InlineData("CompareAndClear", "-", "", "-")]
    [InlineData("CompareAndClear", "-", "01", "-")]
    [InlineData("CompareAndClear", "", "", "-")]
    [InlineData("CompareAndClear", "01", "01", "-")]
    [InlineData("CompareAndClear", "01", "0100", "01")]
    public void An_operation_makes_this_of_a_value(string kind, string value, string operand, string expected) =>
        Assert.Equal(expected, Text(Apply(Enum.Parse<MutationKind>(kind), Bytes(value), Bytes(operand)!)));

    [Fact]
    public void Random_operations_do_what_big_integers_do()
    {
        foreach (var seed in Seeds.ToTry(5))
        {
            var random = new Random(seed);
            for (var round = 0; round < 4_000; round++)
            {
                var kind = Kinds[random.Next(Kinds.Length)];
                var value = random.Next(5) == 0 ? null : RandomBytes(random);
                var operand = value is not null && random.Next(4) == 0 ? value : RandomBytes(random);
                var expected = Model(kind, value, operand);
                var found = Apply(kind, value, operand);
                Assert.True(
                    Text(expected) == Text(found),
                    $"FERRIS_SEED={seed}: {kind} {Text(value)} {Text(operand)}: {Text(expected)}, not {Text(found)}");
            }
        }
    }

    [Fact]
    public void A_result_never_needs_more_than_it_says_and_allocates_nothing()
    {
        var destination = new byte[64];
        var value = new byte[] { 1, 2, 3 };
        var operand = new byte[] { 3, 2, 1, 0 };
        foreach (var kind in Kinds)
        {
            AtomicOps.Apply(kind, true, value, operand, 100, destination, out var length);
            Assert.InRange(length, 0, AtomicOps.ResultBytesMax(kind, value.Length, operand.Length));
        }
        Assert.Equal(0, Allocations.LeastOf(rounds: 5, () =>
        {
            foreach (var kind in Kinds)
                AtomicOps.Apply(kind, true, value, operand, 100, destination, out _);
        }));
    }

    [Fact]
    public void What_is_no_atomic_operation_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply(MutationKind.Set, [1], [2]));

    private static byte[]? Apply(MutationKind kind, byte[]? value, byte[] operand)
    {
        var destination = new byte[AtomicOps.ResultBytesMax(kind, value?.Length ?? 0, operand.Length)];
        var isPresent = AtomicOps.Apply(
            kind, value is not null, value, operand, ValueSizeLimit, destination, out var length);
        return isPresent ? destination[..length] : null;
    }

    private static byte[]? Model(MutationKind kind, byte[]? value, byte[] operand)
    {
        if (value is null)
            return kind == MutationKind.CompareAndClear ? null : operand;
        var modulus = BigInteger.One << (8 * operand.Length);
        var left = new BigInteger(value, isUnsigned: true) % modulus;
        var right = new BigInteger(operand, isUnsigned: true);
        var larger = StringComparer.Ordinal.Compare(Convert.ToHexString(value), Convert.ToHexString(operand)) > 0;
        return kind switch
        {
            MutationKind.Add => Number((left + right) % modulus, operand.Length),
            MutationKind.BitAnd => Number(left & right, operand.Length),
            MutationKind.BitOr => Number(left | right, operand.Length),
            MutationKind.BitXor => Number(left ^ right, operand.Length),
            MutationKind.Max => Number(BigInteger.Max(left, right), operand.Length),
            MutationKind.Min => Number(BigInteger.Min(left, right), operand.Length),
            MutationKind.ByteMax => larger ? value : operand,
            MutationKind.ByteMin => larger ? operand : value,
            MutationKind.AppendIfFits =>
                value.Length + operand.Length <= ValueSizeLimit ? [.. value, .. operand] : value,
            _ => value.SequenceEqual(operand) ? null : value,
        };
    }

    private static byte[] Number(BigInteger number, int length)
    {
        var bytes = new byte[length];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    // Few different bytes, so that values are alike, and the extremes, so that carries go far.
    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(11)];
        foreach (ref var each in bytes.AsSpan())
            each = random.Next(4) switch { 0 => 0, 1 => 0xff, 2 => 1, _ => (byte)random.Next(256) };
        return bytes;
    }

    private static byte[]? Bytes(string text) => text == "-" ? null : Convert.FromHexString(text);

    private static string Text(byte[]? bytes) => bytes is null ? "-" : Convert.ToHexStringLower(bytes);
}
