using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

/// <summary>A run of random operations on an engine with random options, and on a sorted map beside it.</summary>
internal sealed class EngineModelRun : IDisposable
{
    private readonly Random _random;
    private readonly ModelDatabase _model = new();
    private readonly MemoryFileSystem _disk = new();
    private readonly ManualScheduler _scheduler;
    private readonly List<Snapshot> _snapshots = [];
    private readonly StorageOptions _options;
    private StorageEngine _engine;

    public EngineModelRun(int seed)
    {
        _random = new Random(seed);
        _scheduler = new ManualScheduler(seed);
        _options = RandomOptions();
        _engine = StorageEngine.Open("db", _options);
    }

    /// <summary>Bytes of large values that compactions have moved out of mostly dead files.</summary>
    public long MovedBytes { get; private set; }

    public void Play(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
            if (_random.Next(4) == 0)
                _scheduler.RunOneStep();
        }
        CheckAll(null);
        foreach (var snapshot in _snapshots)
            CheckAll(snapshot);
        MovedBytes += _engine.GetStatistics().Blobs.MovedBytes;
    }

    public void Dispose()
    {
        DropSnapshots();
        _engine.Dispose();
    }

    private void Step()
    {
        switch (_random.Next(42))
        {
            case < 24:
                Write();
                break;
            case < 30:
                CheckGet();
                break;
            case < 33:
                CheckAll(RandomSnapshot());
                break;
            case 33:
                _snapshots.Add(_engine.TakeSnapshot());
                break;
            case 34 when _snapshots.Count > 0:
                _snapshots[0].Dispose();
                _snapshots.RemoveAt(0);
                break;
            case 35:
                HandDriven.Finish(_engine.FlushAsync(), _scheduler);
                break;
            case 36:
                HandDriven.Finish(_engine.CompactAsync(), _scheduler);
                break;
            case 37:
                Reopen();
                break;
            case 38 or 39:
                Ingest();
                break;
            case 40:
                CheckEstimates();
                break;
            default:
                _scheduler.RunUntilIdle();
                break;
        }
    }

    private void Write()
    {
        var batch = new WriteBatch();
        var operations = new List<ModelOperation>();
        var count = _random.Next(8) == 0 ? _random.Next(1, 40) : 1;
        for (var index = 0; index < count; index++)
            operations.Add(Add(batch));
        if (batch.Count == 0)
            return;
        var version = HandDriven.Finish(_engine.WriteAsync(batch), _scheduler);
        _model.Apply(version, operations);
    }

    // Keys in order, some of them deletes, cut into files.
    private void Ingest()
    {
        var keys = Enumerable.Range(0, _random.Next(1, 30)).Select(_ => RandomKey()).Distinct();
        var files = new List<string>();
        var operations = new List<ModelOperation>();
        _disk.CreateDirectory("in");
        foreach (var chunk in keys.Order(StringComparer.Ordinal).Chunk(_random.Next(1, 30)))
        {
            files.Add($"in/{files.Count}");
            using var writer = new SortedTableWriter(files[^1], _options);
            foreach (var key in chunk)
                operations.Add(Add(writer, key));
            writer.Finish();
        }
        _model.Apply(HandDriven.Finish(_engine.IngestAsync(files), _scheduler), operations);
        files.ForEach(_disk.Delete);
    }

    private ModelOperation Add(SortedTableWriter writer, string key)
    {
        var value = $"{key}:{_random.Next()}";
        if (_random.Next(4) == 0)
        {
            writer.Delete(Bytes(key));
            return ModelOperation.Delete(key);
        }
        writer.Put(Bytes(key), Bytes(value));
        return ModelOperation.Put(key, value);
    }

    private void CheckEstimates()
    {
        var (begin, end) = Ordered(RandomKey(), RandomKey());
        var range = new KeyRange(Bytes(begin), Bytes(end));
        var statistics = _engine.GetStatistics();
        var memTableBytes = statistics.ActiveMemTable.SizeBytes + statistics.SealedMemTables.SizeBytes;
        var heldBytes = statistics.TableBytes + statistics.Blobs.SizeBytes + memTableBytes;
        Assert.InRange(_engine.EstimateSizeBytes(range), 0, heldBytes);
        byte[][] bounds = [range.Begin, .. _engine.GetSplitPoints(range, _random.Next(1, 5000)), range.End];
        for (var index = 1; index < bounds.Length && !range.IsEmpty; index++)
            Assert.True(bounds[index - 1].AsSpan().SequenceCompareTo(bounds[index]) < 0);
    }

    private ModelOperation Add(WriteBatch batch)
    {
        var key = RandomKey();
        switch (_random.Next(10))
        {
            case 0:
                var (begin, end) = Ordered(key, RandomKey());
                batch.DeleteRange(Bytes(begin), Bytes(end));
                return ModelOperation.DeleteRange(begin, end);
            case < 3:
                batch.Delete(Bytes(key));
                return ModelOperation.Delete(key);
            default:
                var value = $"{key}={_random.Next()}" + new string('x', _random.Next(5) == 0 ? _random.Next(600) : 0);
                batch.Put(Bytes(key), Bytes(value));
                return ModelOperation.Put(key, value);
        }
    }

    private void CheckGet()
    {
        var snapshot = RandomSnapshot();
        var keys = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => RandomKey()).ToArray();
        var version = snapshot?.Version ?? _model.LastVersion;
        var expected = keys.Select(key => _model.Get(key, version)).ToArray();
        Assert.Equal(expected, keys.Select(key => ToText(_engine.Get(Bytes(key), snapshot))).ToArray());
        Assert.Equal(expected, _engine.GetMany([.. keys.Select(Bytes)], snapshot).Select(ToText).ToArray());
    }

    private void CheckAll(Snapshot? snapshot)
    {
        var version = snapshot?.Version ?? _model.LastVersion;
        var (begin, end) = Ordered(RandomKey(), RandomKey());
        var isBounded = _random.Next(2) == 0;
        var expected = isBounded ? _model.Range(version, begin, end) : _model.Range(version);
        using var cursor = _engine.OpenCursor(new CursorOptions
        {
            LowerBound = isBounded ? Bytes(begin) : null,
            UpperBound = isBounded ? Bytes(end) : null,
            Snapshot = snapshot,
        });
        var seen = new List<KeyValuePair<string, string>>();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            seen.Add(new(Text(cursor.Key), Text(cursor.Value)));
        Assert.Equal(expected, seen);
        seen.Clear();
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            seen.Insert(0, new(Text(cursor.Key), Text(cursor.Value)));
        Assert.Equal(expected, seen);
        CheckMoves(cursor, expected);
    }

    // Seeks, and steps in either direction from where they led.
    private void CheckMoves(Cursor cursor, List<KeyValuePair<string, string>> expected)
    {
        var place = -1;
        for (var move = 0; move < 20; move++)
        {
            var key = RandomKey();
            var isStanding = place >= 0 && place < expected.Count;
            bool isValid;
            switch (_random.Next(isStanding ? 10 : 2))
            {
                case 0:
                    isValid = cursor.Seek(Bytes(key));
                    place = expected.FindIndex(pair => string.CompareOrdinal(pair.Key, key) >= 0);
                    break;
                case 1:
                    isValid = cursor.SeekBefore(Bytes(key));
                    place = expected.FindLastIndex(pair => string.CompareOrdinal(pair.Key, key) < 0);
                    break;
                case < 6:
                    isValid = cursor.Next();
                    place++;
                    break;
                default:
                    isValid = cursor.Previous();
                    place--;
                    break;
            }
            Assert.Equal(place >= 0 && place < expected.Count, isValid);
            if (isValid)
                Assert.Equal(expected[place], new(Text(cursor.Key), Text(cursor.Value)));
        }
    }

    private void Reopen()
    {
        MovedBytes += _engine.GetStatistics().Blobs.MovedBytes;
        DropSnapshots();
        _engine.Dispose();
        _engine = StorageEngine.Open("db", _options);
        Assert.Equal(_model.LastVersion, _engine.LastVersion);
        CheckAll(null);
    }

    private void DropSnapshots()
    {
        foreach (var snapshot in _snapshots)
            snapshot.Dispose();
        _snapshots.Clear();
    }

    private Snapshot? RandomSnapshot() =>
        _snapshots.Count == 0 || _random.Next(2) == 0 ? null : _snapshots[_random.Next(_snapshots.Count)];

    private StorageOptions RandomOptions() => new()
    {
        FileSystem = _disk,
        Scheduler = _scheduler,
        Seed = (ulong)_random.NextInt64(),
        Durability = (Durability)_random.Next(3),
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 4096 << _random.Next(4),
        BlockSizeBytes = 128 << _random.Next(5),
        TableSizeBytes = 1024 << _random.Next(6),
        L1SizeBytes = 4096 << _random.Next(4),
        LevelSizeMultiplier = _random.Next(2, 6),
        L0CompactionTrigger = _random.Next(1, 4),
        FilterBitsPerKey = _random.Next(3) * 8,
        CompactionsMax = _random.Next(1, 3),
        SealedMemTablesMax = _random.Next(1, 4),
        LargeValueBytesMin = _random.Next(3) * 32,
        BlobSizeBytes = 1024 << _random.Next(6),
        BlobLiveRatioMin = _random.Next(10) / 10.0,
        OpenTablesMax = _random.Next(1, 20),
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 16384,
        CompressionPerLevel = [(Compression)_random.Next(3), (Compression)_random.Next(3)],
    };

    private string RandomKey() => _random.Next(3) switch
    {
        0 => ((char)('a' + _random.Next(20))).ToString(),
        1 => $"common/prefix/{_random.Next(40):00}",
        _ => $"k{_random.Next(300):000}",
    };

    private static (string Begin, string End) Ordered(string first, string second) =>
        string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);

    private static string? ToText(byte[]? value) => value is null ? null : Text(value);
}
