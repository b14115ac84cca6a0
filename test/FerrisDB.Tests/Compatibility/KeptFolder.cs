using System.Text;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Engine;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Compatibility;

/// <summary>
/// A database with everything that format version 1 has, as a killed process leaves it: tables on several levels with
/// each compression, range tombstones, older versions of keys, blobs, an ingested table, a mark of a repair, and a log
/// that went on behind an end mark. Made alike each time.
/// </summary>
internal sealed class KeptFolder
{
    public const string Mark = "repaired with loss of nothing: this database was made to be kept";

    private const string Folder = "db";

    private readonly MemoryFileSystem _disk = new();
    private readonly ManualScheduler _scheduler = new();
    private readonly ModelDatabase _model = new();
    private readonly Random _random = new(1);
    private readonly List<long> _versions = [];

    private KeptFolder()
    {
    }

    /// <summary>The files by name.</summary>
    public static Dictionary<string, byte[]> Make(out string content)
    {
        var kept = new KeptFolder();
        var files = kept.Make();
        content = Describe(kept._versions, version => kept._model.Range(version));
        return files;
    }

    /// <summary>What readers at some versions see, as text.</summary>
    public static string Describe(
        IEnumerable<long> versions, Func<long, IEnumerable<KeyValuePair<string, string>>> read)
    {
        var text = new StringBuilder();
        foreach (var version in versions)
        {
            text.Append($"version {version}\n");
            foreach (var (key, value) in read(version))
                text.Append($"  {key} = {value}\n");
        }
        return text.ToString();
    }

    private Dictionary<string, byte[]> Make()
    {
        Live(Compression.Lz4, engine =>
        {
            Write(engine, 60, firstKey: 0);
            HandDriven.Finish(engine.CompactAsync(), _scheduler);
        });
        AddMark();
        Live(Compression.Zstd, engine =>
        {
            Write(engine, 60, firstKey: 60);
            HandDriven.Finish(engine.CompactAsync(new KeyRange(Bytes("key060"), Bytes("key120"))), _scheduler);
            Ingest(engine);
        });
        Dictionary<string, byte[]> files = [];
        Live(Compression.Lz4, engine =>
        {
            Write(engine, 15, firstKey: 20);
            HandDriven.Finish(engine.FlushAsync(), _scheduler);
            Write(engine, 15, firstKey: 40);
            files = _disk.List(Folder).Where(name => name != FileNames.Lock)
                .ToDictionary(name => name, name => SmallDatabase.ReadFile(_disk, name));
        });
        return files;
    }

    private void Live(Compression compression, Action<StorageEngine> life)
    {
        using var engine = StorageEngine.Open(Folder, new StorageOptions
        {
            FileSystem = _disk,
            Scheduler = _scheduler,
            MemoryBudgetBytes = 1 << 20,
            MemTableBytes = 32 << 10,
            BlockSizeBytes = 1024,
            TableSizeBytes = 4096,
            L1SizeBytes = 1 << 20,
            L0CompactionTrigger = 8,
            WalSegmentFirstBytes = 8192,
            WalSegmentLargestBytes = 8192,
            CompressionPerLevel = [Compression.None, compression],
            LargeValueBytesMin = 80,
        });
        engine.SetFloor(1);
        life(engine);
    }

    private void Write(StorageEngine engine, int batches, int firstKey)
    {
        for (var count = 0; count < batches; count++)
        {
            var batch = new WriteBatch();
            var operations = new List<ModelOperation>();
            var number = firstKey + _random.Next(60);
            var key = $"key{number:000}";
            if (count % 12 == 11)
            {
                var end = $"key{number + 6:000}";
                batch.DeleteRange(Bytes(key), Bytes(end));
                operations.Add(ModelOperation.DeleteRange(key, end));
            }
            else if (count % 7 == 6)
            {
                batch.Delete(Bytes(key));
                operations.Add(ModelOperation.Delete(key));
            }
            else
            {
                var value = $"{count} {new string((char)('a' + (count % 26)), _random.Next(100))}";
                batch.Put(Bytes(key), Bytes(value));
                operations.Add(ModelOperation.Put(key, value));
            }
            _model.Apply(HandDriven.Finish(engine.WriteAsync(batch), _scheduler), operations);
        }
        _versions.Add(engine.LastVersion);
    }

    private void Ingest(StorageEngine engine)
    {
        _disk.CreateDirectory("in");
        using (var writer = new SortedTableWriter("in/1", engine.Options))
        {
            writer.Put(Bytes("key030"), Bytes("ingested"));
            writer.Delete(Bytes("key050"));
            writer.Put(Bytes("other"), Bytes("ingested too"));
            writer.Finish();
        }
        _model.Apply(
            HandDriven.Finish(engine.IngestAsync(["in/1"]), _scheduler),
            [
                ModelOperation.Put("key030", "ingested"),
                ModelOperation.Delete("key050"),
                ModelOperation.Put("other", "ingested too"),
            ]);
        _versions.Add(engine.LastVersion);
    }

    private void AddMark()
    {
        var state = ManifestLog.Recover(_disk, Folder)!;
        var manifest = ManifestLog.StartAsync(_disk, Folder, state).AsTask().GetAwaiter().GetResult();
        HandDriven.Finish(manifest.AppendAsync(new ManifestEdit { Marks = [Mark] }), _scheduler);
        HandDriven.Finish(manifest.DisposeAsync(), _scheduler);
    }
}
