using System.Numerics;
using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

/// <summary>
/// Tuples as plain C# objects: null, byte[], string, BigInteger, float, double, bool, Guid, Versionstamp and lists of
/// them. Their order is written down here once more, without a byte of the encoding.
/// </summary>
internal static class TupleModel
{
    private static readonly string[] Letters =
        ["", "\0", "\0\0", "a", "b", "é", "中", "\uffff", "\U0001f4a9", "\u0001"];

    private static readonly byte[] InterestingBytes = [0, 0, 1, 2, 5, 0x7f, 0xfe, 0xff, 0xff];

    public static List<object?> RandomTuple(Random random, int depth = 0) =>
        [.. Enumerable.Range(0, random.Next(5)).Select(_ => RandomElement(random, depth))];

    public static object? RandomElement(Random random, int depth) => random.Next(depth < 3 ? 11 : 10) switch
    {
        0 => null,
        1 => RandomBytes(random),
        2 => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Letters[random.Next(Letters.Length)])),
        3 => (BigInteger)random.Next(-300, 300),
        4 => RandomInteger(random),
        5 => BitConverter.Int32BitsToSingle((int)RandomBits(random, 32)),
        6 => BitConverter.Int64BitsToDouble(RandomBits(random, 64)),
        7 => random.Next(2) == 0,
        8 => RandomGuid(random),
        9 => RandomVersionstamp(random),
        _ => RandomTuple(random, depth + 1),
    };

    public static TupleValue[] ToValues(IEnumerable<object?> tuple) => [.. tuple.Select(ToValue)];

    public static int Compare(List<object?> left, List<object?> right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var order = CompareElements(left[i], right[i]);
            if (order != 0)
                return order;
        }
        return left.Count.CompareTo(right.Count);
    }

    // The bits decide, as of tuples that are the same: a NaN is not equal to itself.
    public static bool AreSame(List<object?> left, List<object?> right) => Compare(left, right) == 0;

    private static TupleValue ToValue(object? element) => element switch
    {
        null => TupleValue.Null,
        byte[] bytes => bytes,
        string text => text,
        BigInteger integer => integer,
        float number => number,
        double number => number,
        bool truth => truth,
        Guid id => id,
        Versionstamp stamp => stamp,
        List<object?> nested => ToValues(nested),
        _ => throw new ArgumentException($"no element: {element}"),
    };

    public static List<object?> FromValues(IEnumerable<TupleValue> values) => [.. values.Select(FromValue)];

    private static object? FromValue(TupleValue value) => value.Kind switch
    {
        TupleValueKind.Null => null,
        TupleValueKind.Bytes => value.As<byte[]>(),
        TupleValueKind.String => value.As<string>(),
        TupleValueKind.Integer => value.As<BigInteger>(),
        TupleValueKind.Float => value.As<float>(),
        TupleValueKind.Double => value.As<double>(),
        TupleValueKind.Boolean => value.As<bool>(),
        TupleValueKind.Uuid => value.As<Guid>(),
        TupleValueKind.Versionstamp => value.As<Versionstamp>(),
        _ => FromValues(value.As<TupleValue[]>()),
    };

    private static int CompareElements(object? left, object? right)
    {
        var byKind = Rank(left).CompareTo(Rank(right));
        if (byKind != 0)
            return byKind;
        return left switch
        {
            byte[] bytes => bytes.AsSpan().SequenceCompareTo((byte[])right!),
            string text => CompareRunes(text, (string)right!),
            BigInteger integer => integer.CompareTo((BigInteger)right!),
            float number => CompareNumbers(number, BitConverter.SingleToInt32Bits(number), (float)right!,
                BitConverter.SingleToInt32Bits((float)right!)),
            double number => CompareNumbers(number, BitConverter.DoubleToInt64Bits(number), (double)right!,
                BitConverter.DoubleToInt64Bits((double)right!)),
            bool truth => truth.CompareTo((bool)right!),
            Guid id => string.CompareOrdinal(id.ToString("D"), ((Guid)right!).ToString("D")),
            Versionstamp stamp => stamp.ToByteArray().AsSpan().SequenceCompareTo(((Versionstamp)right!).ToByteArray()),
            List<object?> nested => Compare(nested, (List<object?>)right!),
            _ => 0,
        };
    }

    private static int Rank(object? element) => element switch
    {
        null => 0,
        byte[] => 1,
        string => 2,
        List<object?> => 3,
        BigInteger => 4,
        float => 5,
        double => 6,
        bool => 7,
        Guid => 8,
        _ => 9,
    };

    private static int CompareRunes(string left, string right)
    {
        Rune[] first = [.. left.EnumerateRunes()], second = [.. right.EnumerateRunes()];
        return first.AsSpan().SequenceCompareTo(second);
    }

    // Negative NaNs, numbers with -0 before 0, NaNs; NaNs by what is in them.
    private static int CompareNumbers(double left, long leftBits, double right, long rightBits)
    {
        if (leftBits < 0 != rightBits < 0)
            return leftBits < 0 ? -1 : 1;
        var order = double.IsNaN(left) || double.IsNaN(right) ? leftBits.CompareTo(rightBits) : left.CompareTo(right);
        return leftBits < 0 && (double.IsNaN(left) || double.IsNaN(right)) ? -order : order;
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(6)];
        foreach (ref var each in bytes.AsSpan())
            each = InterestingBytes[random.Next(InterestingBytes.Length)];
        return bytes;
    }

    // Around the powers of two: there the sizes change.
    private static BigInteger RandomInteger(Random random)
    {
        var power = BigInteger.One << random.Next(random.Next(4) == 0 ? 2040 : 80);
        var value = BigInteger.Min(power + random.Next(-3, 3), BigInteger.Pow(2, 2040) - 1);
        return random.Next(2) == 0 ? value : -value;
    }

    private static long RandomBits(Random random, int size)
    {
        var sign = random.Next(2) == 0 ? 0 : long.MinValue;
        var bits = random.Next(6) switch
        {
            0 => 0,
            1 => 0x7ff0_0000_0000_0000,
            2 => 0x7ff8_0000_0000_0000 + (random.NextInt64(3) << 32),
            3 => 0x3ff0_0000_0000_0000,
            _ => random.NextInt64(),
        };
        if (size == 64)
            return bits | sign;
        return (random.Next(2) == 0 ? (uint)(bits >> 32) : 0x7f80_0000u + (uint)random.Next(2)) | (uint)(sign >>> 32);
    }

    private static Guid RandomGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static Versionstamp RandomVersionstamp(Random random) =>
        new(random.Next(2) == 0 ? random.Next(3) : random.NextInt64(), (ushort)random.Next(3), (ushort)random.Next(3));
}
