using System.Numerics;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>
/// Tuples become keys and are read back: integers around every power of two, then tuples of all kinds by chance.
/// </summary>
internal sealed class TupleProgram
{
    private const int CommitEvery = 500;

    private readonly RandomValues _values;
    private readonly InstructionList _list = new();

    private TupleProgram(int seed) => _values = new RandomValues(seed);

    /// <summary>Integers of at most so many bits; tuples by chance, as many as there are operations.</summary>
    public static GeneratedTest Generate(int seed, int operations, int bitsMax = 64) =>
        GeneratedTest.Of(new TupleProgram(seed).Write(operations, bitsMax));

    private InstructionList Write(int operations, int bitsMax)
    {
        _list.Add("NEW_TRANSACTION");
        var integers = AroundPowersOfTwo(bitsMax).Distinct().ToList();
        foreach (var (index, integer) in integers.Index())
        {
            _list.PushTuple(integer);
            _list.Add("TUPLE_PACK", takes: 2, gives: 1);
            _list.Call("SET", 0, GeneratedTest.Data.Pack("integer", index));
            if (index % CommitEvery == CommitEvery - 1)
                _list.Commit();
        }
        _list.Commit();
        for (var operation = 0; operation < operations; operation++)
            Choose();
        _list.Log(GeneratedTest.StackLog(0));
        return _list;
    }

    // Each byte more has a type code of its own.
    private static IEnumerable<BigInteger> AroundPowersOfTwo(int bitsMax)
    {
        for (var bits = 0; bits <= bitsMax; bits += 8)
        {
            for (var offset = -2; offset <= 2; offset++)
            {
                var integer = BigInteger.Pow(2, bits) + offset;
                if (integer.GetBitLength() > bitsMax)
                    continue;
                yield return integer;
                yield return -integer;
            }
        }
    }

    private void Choose()
    {
        switch (_values.Next(6))
        {
            case 0:
                _list.PushTuple(_values.Elements(4));
                _list.Add("TUPLE_PACK");
                break;
            case 1:
                _list.PushTuple(_values.Elements(4));
                _list.Add("TUPLE_PACK");
                _list.Add("TUPLE_UNPACK");
                break;
            case 2:
                _list.PushTuple(_values.Elements(4));
                _list.Add("TUPLE_RANGE");
                break;
            case 3:
                Sort();
                break;
            case 4:
                _list.Push(_values.Single());
                _list.Add("DECODE_FLOAT");
                _list.Add("ENCODE_FLOAT");
                break;
            default:
                _list.Push(_values.Double());
                _list.Add("DECODE_DOUBLE");
                _list.Add("ENCODE_DOUBLE");
                break;
        }
    }

    private void Sort()
    {
        var count = _values.Next(2, 6);
        for (var tuple = 0; tuple < count; tuple++)
        {
            _list.PushTuple(_values.Elements(4));
            _list.Add("TUPLE_PACK");
        }
        _list.Push(count);
        _list.Add("TUPLE_SORT");
    }
}
