using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using FerrisDB.Storage;

namespace FerrisDB.Bench.Instructions;

/// <summary>The operations whose instructions are counted, on a small database that is the same every time.</summary>
/// <remarks>
/// Caches are warm and nothing waits, so what is counted is the path of an operation and no luck. What a cache miss or
/// a system call costs does not show: the benchmark beside the peers is there for that.
/// </remarks>
internal sealed class Operations : IDisposable
{
    private const int EntryCount = 20_000;
    private const int EntriesMax = 100;
    private const int SeekEntries = 10;
    private const int VersionsEach = 11; // a key is put once and overwritten ten times
    private const int RangeEntries = 100;

    private readonly Database? _database;
    private readonly StorageEngine _engine;
    private readonly string _operation;
    private readonly WriteBatch _batch = new();
    private readonly byte[] _key = new byte[16];
    private readonly byte[] _value = new byte[100];
    private readonly byte[] _read = new byte[100];
    private readonly int _keyOffset;
    private readonly int _entries;
    private readonly Action<Transaction> _setEntries;
    private int _first;

    public Operations(string folder, string operation)
    {
        _operation = operation;
        _entries = EntriesOf(operation);
        var options = new StorageOptions { Durability = Durability.None };
        if (_entries > 0)
        {
            _database = Database.Open(folder, new DatabaseOptions { Storage = options });
            _keyOffset = 1;
        }
        _engine = _database?.Storage ?? StorageEngine.Open(folder, options);
        _setEntries = SetEntries;
        new Random(1).NextBytes(_value);
        if (operation.StartsWith("put", StringComparison.Ordinal) || operation == "batch" || _entries > 0)
        {
            // The code has run and the log has its segments.
            for (var index = 0; index < EntryCount; index++)
                _engine.Put(KeyOf(index), _value);
            // And there is memory to work in.
            if (_entries > 0)
                Commit(0, EntriesMax);
            return;
        }
        for (var put = 0; put < (IsOfVersions(operation) ? VersionsEach : 1); put++)
        {
            for (var index = 0; index < EntryCount; index++)
                _engine.Put(KeyOf(index), _value);
        }
        if (!operation.EndsWith("memtable", StringComparison.Ordinal))
        {
            _engine.FlushAsync().AsTask().GetAwaiter().GetResult();
            _engine.CompactAsync().AsTask().GetAwaiter().GetResult();
        }
        Run();
    }

    public static IReadOnlyList<string> Names { get; } =
    [
        "put", "put-ordered", "batch", "get-memtable", "get-table", "get-missing", "scan", "scan-reverse", "seek",
        "scan-versions-memtable", "reverse-versions-memtable",
        "batch-1", "batch-10", "batch-100", "commit-1", "commit-10", "commit-100",
    ];

    public static int CountOf(string operation) => operation == "batch"
        ? EntryCount / EntriesMax
        : EntryCount / Math.Max(1, EntriesOf(operation));

    /// <summary>What callgrind counts: everything in here and nothing else.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Measure() => Run();

    public void Dispose()
    {
        if (_database is null)
            _engine.Dispose();
        else
            _database.Dispose();
    }

    // What is written at once, in a transaction that reads nothing or in a batch of the engine below; else 0.
    private static int EntriesOf(string operation) => operation switch
    {
        "batch-1" or "commit-1" => 1,
        "batch-10" or "commit-10" => 10,
        "batch-100" or "commit-100" => EntriesMax,
        _ => 0,
    };

    private void Run()
    {
        switch (_operation)
        {
            case "put":
                Put(EntryCount, isOrdered: false);
                break;
            case "put-ordered":
                Put(EntryCount, isOrdered: true);
                break;
            case "batch":
                WriteBatches(EntriesMax);
                break;
            case "batch-1" or "batch-10" or "batch-100":
                WriteBatches(_entries);
                break;
            case "commit-1" or "commit-10" or "commit-100":
                Commit(EntryCount, 2 * EntryCount);
                break;
            case "get-missing":
                Get(first: EntryCount, isThere: false);
                break;
            case "scan":
                Scan();
                break;
            case "scan-reverse":
                ScanReverse();
                break;
            case "seek":
                Seek();
                break;
            case "scan-versions-memtable":
                ScanRanges(isForward: true);
                break;
            case "reverse-versions-memtable":
                ScanRanges(isForward: false);
                break;
            default:
                Get(first: 0, isThere: true);
                break;
        }
    }

    private static bool IsOfVersions(string operation) => operation.Contains("versions", StringComparison.Ordinal);

    private void Put(int first, bool isOrdered)
    {
        for (var index = first; index < first + EntryCount; index++)
            _engine.Put(isOrdered ? OrderedKeyOf(index) : KeyOf(index), _value);
    }

    private void WriteBatches(int entries)
    {
        for (var first = EntryCount; first < 2 * EntryCount; first += entries)
        {
            _batch.Clear();
            for (var index = first; index < first + entries; index++)
                _batch.Put(KeyOf(index), _value);
            _engine.Write(_batch);
        }
    }

    private void Commit(int begin, int end)
    {
        for (_first = begin; _first < end; _first += _entries)
            _database!.RunAsync(_setEntries).AsTask().GetAwaiter().GetResult();
    }

    private void SetEntries(Transaction transaction)
    {
        for (var index = _first; index < _first + _entries; index++)
            transaction.Set(KeyOf(index), _value);
    }

    private void Get(int first, bool isThere)
    {
        for (var index = first; index < first + EntryCount; index++)
            Check(_engine.TryRead(KeyOf(index), _read, out _) == isThere);
    }

    private void Scan()
    {
        using var cursor = _engine.OpenCursor();
        var count = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            count += cursor.Value.Length == _value.Length ? 1 : 0;
        Check(count == EntryCount);
    }

    private void ScanReverse()
    {
        using var cursor = _engine.OpenCursor();
        var count = 0;
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            count += cursor.Value.Length == _value.Length ? 1 : 0;
        Check(count == EntryCount);
    }

    private void Seek()
    {
        for (var index = 0; index < EntryCount; index++)
        {
            using var cursor = _engine.OpenCursor();
            var isValid = cursor.Seek(KeyOf(index));
            Check(isValid);
            for (var step = 1; step < SeekEntries && isValid; step++)
                isValid = cursor.Next();
        }
    }

    // Ranges of a hundred rows, as transactions read them.
    private void ScanRanges(bool isForward)
    {
        var count = 0;
        for (var range = 0; count < EntryCount; range++)
        {
            using var cursor = _engine.OpenCursor();
            var isValid = isForward ? cursor.Seek(KeyOf(range)) : cursor.SeekBefore(KeyOf(range));
            for (var step = 0; step < RangeEntries && isValid && count < EntryCount; step++)
            {
                count += cursor.Value.Length == _value.Length ? 1 : 0;
                isValid = isForward ? cursor.Next() : cursor.Previous();
            }
        }
    }

    // Bijective, so that keys are different, in no order, and those of another range of indexes are missing. For
    // transactions behind a zero, because keys from 0xff on belong to the system.
    private ReadOnlySpan<byte> KeyOf(int index)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_key.AsSpan(_keyOffset), (ulong)index * 0x9E37_79B9_7F4A_7C15);
        return _key;
    }

    private ReadOnlySpan<byte> OrderedKeyOf(int index)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_key, (ulong)index);
        return _key;
    }

    private static void Check(bool isRight)
    {
        if (!isRight)
            throw new InvalidOperationException("The engine gave a wrong answer.");
    }
}
