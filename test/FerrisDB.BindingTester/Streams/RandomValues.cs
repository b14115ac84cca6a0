using System.Numerics;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>Values by chance: mostly words that a reader remembers and that meet again, sometimes anything.</summary>
internal sealed class RandomValues(int seed)
{
    private const int NestedDepthMax = 3;

    private static readonly string[] Words =
        ["apple", "beech", "cedar", "dill", "elm", "fern", "gorse", "hazel", "iris", "juniper"];

    private static readonly string[] Texts =
        ["", "\0", "a\0b", "é", "שלום", "\uf8ff", "\U0001f63c", "\U0002a2b2", "\ud7ff\ue000"];

    private static readonly double[] Doubles =
        [0.0, -0.0, 1.5, -1.5, double.MaxValue, double.MinValue, double.Epsilon, double.PositiveInfinity,
            double.NegativeInfinity];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public int Next(int from, int to) => _random.Next(from, to + 1);

    public bool Chance(double share) => _random.NextDouble() < share;

    public T Choose<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public string Word() => Choose(Words);

    public byte[] Bytes(int lengthMax)
    {
        var bytes = new byte[_random.Next(lengthMax + 1)];
        _random.NextBytes(bytes);
        foreach (ref var value in bytes.AsSpan())
            value = Chance(0.2) ? (byte)(Chance(0.5) ? 0x00 : 0xff) : value;
        return bytes;
    }

    /// <summary>A value to store: a word, a number of some bytes, or any bytes.</summary>
    public byte[] Value() => Next(3) switch
    {
        0 => System.Text.Encoding.ASCII.GetBytes(Word()),
        1 => [(byte)Next(256), .. new byte[Next(8)]],
        _ => Bytes(12),
    };

    /// <summary>Of up to so many bits.</summary>
    public BigInteger Integer(int bitsMax)
    {
        var bits = Next(bitsMax + 1);
        var magnitude = (BigInteger.One << bits) - 1 - Next(1 << Math.Min(bits, 16));
        return Chance(0.5) ? magnitude : -magnitude;
    }

    public float Single() => Chance(0.5)
        ? (float)Choose(Doubles)
        : BitConverter.Int32BitsToSingle(_random.Next() & ~(1 << 23));

    public double Double() => Chance(0.5)
        ? Choose(Doubles)
        : BitConverter.Int64BitsToDouble(_random.NextInt64() & ~(1L << 52));

    public Versionstamp Stamp() => new(_random.NextInt64(), (ushort)Next(1000), (ushort)Next(1 << 16));

    /// <summary>A key of the data: some are so few that much happens to them within one transaction.</summary>
    public byte[] Key(Subspace data) => Next(10) switch
    {
        0 => data.Pack(Word()),
        1 => data.Pack(Word(), Element(1)),
        <= 5 => data.Pack(Words[0], Next(3)),
        _ => data.Pack(Word(), Next(4)),
    };

    public TupleValue[] Elements(int countMax, int depth = 0)
    {
        var elements = new TupleValue[Next(countMax + 1)];
        foreach (ref var element in elements.AsSpan())
            element = Element(depth);
        return elements;
    }

    private TupleValue Element(int depth) => Next(depth < NestedDepthMax ? 11 : 10) switch
    {
        0 => TupleValue.Null,
        1 => Bytes(8),
        2 => Word(),
        3 => Choose(Texts),
        4 => Integer(64),
        5 => Next(-3, 3),
        6 => Single(),
        7 => Double(),
        8 => Chance(0.5),
        9 => Chance(0.5) ? Uuid() : Stamp(),
        _ => TupleValue.Nested(Elements(3, depth + 1)),
    };

    private Guid Uuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }
}
