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
    private const int BatchEntries = 100;
    private const int SeekEntries = 10;
    private const int VersionsEach = 11; // a key is put once and overwritten ten times
    private const int RangeEntries = 100;

    private readonly StorageEngine _engine;
    private readonly string _operation;
    private readonly WriteBatch _batch = new();
    private readonly byte[] _key = new byte[16];
    private readonly byte[] _value = new byte[100];
    private readonly byte[] _read = new byte[100];

    public Operations(string folder, string operation)
    {
        _operation = operation;
        _engine = StorageEngine.Open(folder, new StorageOptions { Durability = Durability.None });
        new Random(1).NextBytes(_value);
        if (operation.StartsWith("put", StringComparison.Ordinal) || operation == "batch")
        {
            // The code has run and the log has its segments.
            for (var index = 0; index < EntryCount; index++)
                _engine.Put(KeyOf(index), _value);
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
    ];

    public static int CountOf(string operation) => operation == "batch" ? EntryCount / BatchEntries : EntryCount;

    /// <summary>What callgrind counts: everything in here and nothing else.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Measure() => Run();

    public void Dispose() => _engine.Dispose();

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
                WriteBatches();
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

    private void WriteBatches()
    {
        for (var first = EntryCount; first < 2 * EntryCount; first += BatchEntries)
        {
            _batch.Clear();
            for (var index = first; index < first + BatchEntries; index++)
                _batch.Put(KeyOf(index), _value);
            _engine.Write(_batch);
        }
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

    // Bijective, so that keys are different, in no order, and those of another range of indexes are missing.
    private ReadOnlySpan<byte> KeyOf(int index)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_key, (ulong)index * 0x9E37_79B9_7F4A_7C15);
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
