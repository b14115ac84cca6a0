using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FerrisDB.Bench;

/// <summary>What reads cost through libfdb_c.so, beside the same reads from C#: the price of the C interface.</summary>
/// <remarks>
/// Two databases in memory with the same rows, one of this program and one of the library, which has a runtime of its
/// own. One thread, transactions of a thousand gets or ten ranges. Both take turns, slice by slice, so that they meet
/// the same machine; the median of the rounds counts.
/// </remarks>
internal sealed unsafe class NativeMicro : IDisposable
{
    private const int KeyBytes = 16;
    private const int ValueBytes = 100;
    private const int GetsPerTransaction = 1_000;
    private const int RangesPerTransaction = 10;
    private const int RowsOfRange = 100;
    private const int SliceMs = 50;
    private const int SlicesPerRound = 4;

    private readonly Database _database = Database.OpenInMemory();
    private readonly nint _native;
    private readonly byte* _keys; // in the order in which they are read
    private readonly int _entries;
    private readonly TextWriter _writer;
    private int _next;

    private NativeMicro(int entries, TextWriter writer)
    {
        (_entries, _writer) = (entries, writer);
        FdbNative.Check(FdbNative.CreateDatabase($"ferrisdb:memory@{entries}", out _native));
        _keys = (byte*)NativeMemory.Alloc((nuint)entries * KeyBytes);
        var numbers = Enumerable.Range(0, entries).ToArray();
        new Random(entries).Shuffle(numbers);
        for (var index = 0; index < entries; index++)
            numbers[index].TryFormat(Key(index), out _, "D16", CultureInfo.InvariantCulture);
        for (var first = 0; first < entries; first += GetsPerTransaction)
            Load(first, Math.Min(first + GetsPerTransaction, entries));
    }

    public static void Run(string library, int[] entries, int rounds, TextWriter writer)
    {
        FdbNative.Start(library);
        foreach (var count in entries)
        {
            using var micro = new NativeMicro(count, writer);
            micro.Compare("get", rounds, micro.GetFromCSharp, micro.GetFromLibrary);
            if (count > RowsOfRange)
                micro.Compare($"range of {RowsOfRange}", rounds, micro.ScanFromCSharp, micro.ScanFromLibrary);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_keys);
        _database.Dispose();
    }

    private Span<byte> Key(int index) => new(_keys + ((long)index * KeyBytes), KeyBytes);

    private void Load(int first, int end)
    {
        Span<byte> value = stackalloc byte[ValueBytes];
        value.Fill((byte)'v');
        using var transaction = _database.CreateTransaction();
        FdbNative.Check(FdbNative.CreateTransaction(_native, out var native));
        for (var index = first; index < end; index++)
        {
            transaction.Set(Key(index), value);
            fixed (byte* pinned = value)
                FdbNative.Set(native, _keys + ((long)index * KeyBytes), KeyBytes, pinned, ValueBytes);
        }
        // In memory both complete at once.
        transaction.CommitAsync().AsTask().GetAwaiter().GetResult();
        var commit = FdbNative.Commit(native);
        FdbNative.Check(FdbNative.GetError(commit));
        FdbNative.Destroy(commit);
        FdbNative.DestroyTransaction(native);
    }

    private void Compare(string what, int rounds, Func<int> fromCSharp, Func<int> fromLibrary)
    {
        var rates = new[] { new double[rounds], new double[rounds], new double[rounds] };
        for (var round = -1; round < rounds; round++)
        {
            double csharp = 0, library = 0;
            for (var slice = 0; slice < SlicesPerRound; slice++)
            {
                csharp += Slice(fromCSharp) / SlicesPerRound;
                library += Slice(fromLibrary) / SlicesPerRound;
            }
            if (round >= 0)
                (rates[0][round], rates[1][round], rates[2][round]) = (csharp, library, library / csharp);
        }
        foreach (var each in rates)
            Array.Sort(each);
        _writer.WriteLine(
            $"{what,-14}{_entries,8:N0} keys   C# {rates[0][rounds / 2],11:N0}/s   "
            + $"library {rates[1][rounds / 2],11:N0}/s   {rates[2][rounds / 2]:F2}   "
            + $"{rates[2][0]:F2}..{rates[2][^1]:F2}");
    }

    private static double Slice(Func<int> transaction)
    {
        var count = 0L;
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < SliceMs)
            count += transaction();
        return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private int NextKey()
    {
        _next = _next + 1 < _entries ? _next + 1 : 0;
        return _next;
    }

    private int GetFromCSharp()
    {
        using var transaction = _database.CreateTransaction();
        for (var index = 0; index < GetsPerTransaction; index++)
        {
            var reading = transaction.GetAsync(Key(NextKey()));
            var value = reading.IsCompletedSuccessfully ? reading.Result : null;
            Require(value is { Length: ValueBytes } && value[0] == 'v');
        }
        return GetsPerTransaction;
    }

    private int GetFromLibrary()
    {
        FdbNative.Check(FdbNative.CreateTransaction(_native, out var transaction));
        for (var index = 0; index < GetsPerTransaction; index++)
        {
            var future = FdbNative.Get(transaction, _keys + ((long)NextKey() * KeyBytes), KeyBytes, 0);
            FdbNative.Check(FdbNative.BlockUntilReady(future));
            FdbNative.Check(FdbNative.GetValue(future, out _, out var value, out var length));
            Require(length == ValueBytes && *value == 'v');
            FdbNative.Destroy(future);
        }
        FdbNative.DestroyTransaction(transaction);
        return GetsPerTransaction;
    }

    private int ScanFromCSharp()
    {
        using var transaction = _database.CreateTransaction();
        var options = new RangeOptions { Limit = RowsOfRange, Mode = StreamingMode.WantAll };
        byte[] end = [(byte)':'];
        for (var index = 0; index < RangesPerTransaction; index++)
        {
            var begin = KeySelector.FirstGreaterOrEqual(Key(NextKey()).ToArray());
            var reading = transaction.GetPageAsync(begin, KeySelector.FirstGreaterOrEqual(end), options);
            var page = reading.IsCompletedSuccessfully ? reading.Result : null;
            for (var row = 0; row < page?.Count; row++)
                Require(page[row].Value.Length == ValueBytes && page[row].Value.Span[0] == 'v');
        }
        return RangesPerTransaction;
    }

    private int ScanFromLibrary()
    {
        FdbNative.Check(FdbNative.CreateTransaction(_native, out var transaction));
        var end = (byte)':';
        for (var index = 0; index < RangesPerTransaction; index++)
        {
            var future = FdbNative.GetRange(
                transaction, _keys + ((long)NextKey() * KeyBytes), KeyBytes, 0, 1, &end, 1, 0, 1, RowsOfRange, 0,
                FdbNative.WantAll, 1, 0, 0);
            FdbNative.Check(FdbNative.BlockUntilReady(future));
            FdbNative.Check(FdbNative.GetRows(future, out var rows, out var count, out _));
            for (var row = 0; row < count; row++)
                Require(rows[row].ValueLength == ValueBytes && *rows[row].Value == 'v');
            FdbNative.Destroy(future);
        }
        FdbNative.DestroyTransaction(transaction);
        return RangesPerTransaction;
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
            throw new WrongDataException("A read has not found what was written.");
    }
}
