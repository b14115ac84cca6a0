using System.Buffers.Binary;
using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>
/// What a transaction's own writes cost, without the database: 16-byte keys, 100-byte values, a map that is used again.
/// </summary>
/// <remarks>One operation is a write with its share of going through mutations and conflicts at the commit.</remarks>
internal sealed class WriteMapMicro(int rounds, TextWriter writer)
{
    private const int ValueBytes = 100;
    private const int WritesPerRound = 200_000;
    private const int WarmUpMs = 300;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly WriteMap _map = new();

    private enum Order
    {
        Ascending,
        Random,

        // Eight bytes in common, as the keys of one subspace have: prefixes decide nothing.
        RandomWithCommonPrefix,
    }

    public static void Run(int rounds, TextWriter writer) => new WriteMapMicro(rounds, writer).RunAll();

    private void RunAll()
    {
        Measure("set", 1, Order.Random, Set);
        Measure("set", 10, Order.Random, Set);
        foreach (var order in Enum.GetValues<Order>())
        {
            foreach (var writes in (int[])[100, 10_000, 100_000])
                Measure("set", writes, order, Set);
        }
        Measure("set, then find", 100, Order.Random, SetAndFind);
        Measure("set, then find", 10_000, Order.Random, SetAndFind);
        Measure("add on a value of the database", 10_000, Order.Random, Add);
        Measure("set, clear range of ten keys", 10_000, Order.Random, SetAndClearRange);
    }

    private void Measure(string what, int writes, Order order, Action<Order, int> transaction)
    {
        var transactions = Math.Max(1, WritesPerRound / writes);
        // Compiles it, as well as it will be, and grows the map.
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMs;)
            transaction(order, writes);
        var nanoseconds = new double[rounds];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var count = 0; count < transactions; count++)
                transaction(order, writes);
            nanoseconds[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)transactions * writes);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(nanoseconds);
        var perWrite = (double)allocated / ((double)rounds * transactions * writes);
        writer.WriteLine(
            $"{what,-32}{order,-24}{writes,8:N0} per transaction {nanoseconds[rounds / 2],8:F0} ns   " +
            $"{nanoseconds[0]:F0}..{nanoseconds[^1]:F0}   {perWrite:F2} B");
    }

    private void Set(Order order, int writes)
    {
        SetAll(order, writes);
        Commit();
    }

    private void SetAll(Order order, int writes)
    {
        _map.Clear();
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < writes; index++)
        {
            WriteKey(order, index, key);
            _map.Set(key, _value, addsConflict: true);
        }
    }

    private void SetAndFind(Order order, int writes)
    {
        SetAll(order, writes);
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < writes; index++)
        {
            WriteKey(order, index, key);
            if (_map.Find(key).Kind != WriteStateKind.Value)
                throw new WrongDataException("A write is missing.");
        }
        Commit();
    }

    private void Add(Order order, int writes)
    {
        _map.Clear();
        Span<byte> key = stackalloc byte[16];
        for (var index = 0; index < writes; index++)
        {
            WriteKey(order, index / 2, key);
            _map.Atomic(Transactions.MutationKind.Add, key, _value.AsSpan(0, sizeof(long)), addsConflict: true);
        }
        Commit();
    }

    private void SetAndClearRange(Order order, int writes)
    {
        _map.Clear();
        Span<byte> key = stackalloc byte[16];
        Span<byte> end = stackalloc byte[16];
        for (var index = 0; index < writes; index++)
        {
            WriteKey(order, index, key);
            if (index % 10 != 9)
            {
                _map.Set(key, _value, addsConflict: true);
                continue;
            }
            // Ten keys of the ten thousand that lie evenly in the space.
            key.CopyTo(end);
            var step = ulong.MaxValue / (ulong)writes * 10;
            var begin = BinaryPrimitives.ReadUInt64BigEndian(key);
            BinaryPrimitives.WriteUInt64BigEndian(end, begin > ulong.MaxValue - step ? ulong.MaxValue : begin + step);
            _map.ClearRange(key, end, addsConflict: true);
        }
        Commit();
    }

    private void Commit()
    {
        var bytes = 0L;
        for (var mutations = _map.OpenMutations(); mutations.MoveNext();)
            bytes += mutations.Key.Length + mutations.Operand.Length;
        for (var ranges = _map.OpenConflicts(); ranges.MoveNext();)
            bytes += ranges.Begin.Length + ranges.End.Length;
        if (bytes == 0)
            throw new WrongDataException("Nothing is to be committed.");
    }

    private static void WriteKey(Order order, int index, Span<byte> key)
    {
        var mixed = order == Order.Ascending ? (ulong)index << 16 : RandomSource.Mix((uint)index);
        var number = order == Order.RandomWithCommonPrefix ? 0x15_01_02_75_73_65_72_00 : mixed;
        BinaryPrimitives.WriteUInt64BigEndian(key, number);
        BinaryPrimitives.WriteUInt64BigEndian(key[8..], mixed);
    }
}
