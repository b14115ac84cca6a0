using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Engine;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Blobs;

// Large values in a database: where they lie, when they go, and who may still read them.
public sealed class BlobEngineTests : IDisposable
{
    private const string Folder = "db";
    private const int Keys = 40;

    private readonly MemoryFileSystem _disk = new();
    private readonly ManualScheduler _scheduler = new();
    private readonly StorageEngine _engine;

    public BlobEngineTests() => _engine = StorageEngine.Open(Folder, Options);

    private StorageOptions Options => new()
    {
        FileSystem = _disk,
        Scheduler = _scheduler,
        MemoryBudgetBytes = 4 << 20,
        MemTableBytes = 256 << 10,
        LargeValueBytesMin = 100,
        L0CompactionTrigger = 8,
        CompressionPerLevel = [Compression.None],
    };

    private IEnumerable<string> BlobFiles => _disk.List(Folder).Where(name => name.EndsWith(".blob"));

    [Fact]
    public void Values_from_the_limit_on_lie_in_a_blob_and_smaller_ones_do_not()
    {
        _engine.Put("small"u8, new byte[99]);
        _engine.Put("large"u8, new byte[100]);
        Flush();
        var blobs = _engine.GetStatistics().Blobs;
        Assert.Equal(1, blobs.Count);
        Assert.Equal(24 + 5 + 100, blobs.LiveBytes);
        Assert.Equal(99, _engine.Get("small"u8)?.Length);
        Assert.Equal(100, _engine.Get("large"u8)?.Length);
    }

    [Fact]
    public void Without_large_values_there_is_no_blob()
    {
        _engine.Put("small"u8, new byte[99]);
        Compact();
        Assert.Empty(BlobFiles);
    }

    [Fact]
    public void What_was_overwritten_is_reclaimed()
    {
        Write("old");
        Compact();
        var old = BlobFiles.ToList();
        Assert.NotEmpty(old);
        Write("new");
        Compact();
        WaitUntil(() => !BlobFiles.Intersect(old).Any());
        Check("new");
        var blobs = _engine.GetStatistics().Blobs;
        Assert.Equal(1, blobs.Count);
        Assert.Equal(blobs.SizeBytes - BlobFormat.HeaderSize - BlobFormat.FooterSize, blobs.LiveBytes);
        Assert.Equal(0, blobs.MovedBytes);
    }

    [Fact]
    public void What_is_left_of_a_mostly_dead_blob_is_moved_and_the_file_goes()
    {
        Write("old");
        Compact();
        var old = BlobFiles.Single();
        for (var key = 0; key < Keys * 3 / 4; key++)
            _engine.Put(Key(key), Value("new", key));
        Compact();
        WaitUntil(() => !BlobFiles.Contains(old));
        Assert.InRange(_engine.GetStatistics().Blobs.MovedBytes, 1, long.MaxValue);
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value(key < Keys * 3 / 4 ? "new" : "old", key), _engine.Get(Key(key)));
        AssertSound();
    }

    [Fact]
    public void A_mostly_live_blob_is_left_alone()
    {
        Write("old");
        Compact();
        var old = BlobFiles.Single();
        for (var key = 0; key < Keys / 4; key++)
            _engine.Put(Key(key), Value("new", key));
        Compact();
        _scheduler.RunUntilIdle();
        Assert.Contains(old, BlobFiles);
        Assert.Equal(0, _engine.GetStatistics().Blobs.MovedBytes);
    }

    [Fact]
    public void A_snapshot_reads_old_values_however_often_they_are_moved()
    {
        Write("old");
        Compact();
        var old = BlobFiles.Single();
        using (var snapshot = _engine.TakeSnapshot())
        {
            for (var round = 0; round < 3; round++)
            {
                Write($"new{round}");
                _engine.Delete(Key(round));
                Compact();
                _scheduler.RunUntilIdle();
                Check("old", snapshot);
            }
        }
        Write("last");
        Compact();
        WaitUntil(() => !BlobFiles.Contains(old));
        Check("last");
    }

    [Fact]
    public void A_cursor_reads_values_of_blobs_that_are_gone_meanwhile()
    {
        Write("old");
        Compact();
        var old = BlobFiles.Single();
        using (var cursor = _engine.OpenCursor())
        {
            Assert.True(cursor.SeekToFirst());
            Write("new");
            Compact();
            _scheduler.RunUntilIdle();
            Assert.Contains(old, BlobFiles);
            var key = 0;
            for (var isValid = true; isValid; isValid = cursor.Next(), key++)
                Assert.Equal(Value("old", key), cursor.Value.ToArray());
            Assert.Equal(Keys, key);
            for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
                Assert.Equal(Value("old", --key), cursor.Value.ToArray());
            Assert.Equal(0, key);
        }
        WaitUntil(() => !BlobFiles.Contains(old));
    }

    [Fact]
    public void A_cursor_that_is_not_asked_for_values_reads_no_blob()
    {
        Write("old");
        Compact();
        using var cursor = _engine.OpenCursor();
        var count = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            count++;
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            count++;
        Assert.Equal(2 * Keys, count);
        Assert.Equal(0, _engine.GetStatistics().Blobs.OpenCount);
        Assert.True(cursor.SeekToFirst() && cursor.Value.Length > 0);
        Assert.Equal(1, _engine.GetStatistics().Blobs.OpenCount);
    }

    [Fact]
    public void Ingested_values_go_to_a_blob_when_they_are_compacted()
    {
        using (var writer = new SortedTableWriter("in.sst", Options))
        {
            for (var key = 0; key < Keys; key++)
                writer.Put(Key(key), Value("in", key));
            writer.Finish();
        }
        HandDriven.Finish(_engine.IngestAsync(["in.sst"]), _scheduler);
        Assert.Empty(BlobFiles);
        _engine.Put(Key(3), Value("new", 3));
        Compact();
        Assert.NotEmpty(BlobFiles);
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value(key == 3 ? "new" : "in", key), _engine.Get(Key(key)));
        AssertSound();
    }

    [Fact]
    public void A_table_of_a_database_that_refers_to_blobs_is_not_ingested()
    {
        Write("old");
        Compact();
        var table = _disk.List(Folder).Single(name => name.EndsWith(".sst"));
        using var other = StorageEngine.Open("other", Options with { Scheduler = new ManualScheduler() });
        var error = Assert.Throws<FerrisException>(() => HandDriven.Finish(
            other.IngestAsync([$"{Folder}/{table}"]), (ManualScheduler)other.Options.Scheduler!));
        Assert.Contains("references to blobs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_that_no_manifest_names_is_removed_at_the_next_opening()
    {
        Write("old");
        Compact();
        _engine.Dispose();
        using (_disk.Create($"{Folder}/000999.blob"))
        {
        }
        Assert.Contains(
            StorageEngine.Verify(Folder, Options).Findings,
            finding => finding is { File: "000999.blob", IsDamage: false });
        using var reopened = StorageEngine.Open(Folder, Options);
        Assert.DoesNotContain("000999.blob", BlobFiles);
        Assert.Equal(Value("old", 7), reopened.Get(Key(7)));
    }

    [Fact]
    public void A_checkpoint_has_the_blobs_too()
    {
        Write("old");
        Compact();
        HandDriven.Finish(_engine.CheckpointAsync("copy"), _scheduler);
        Write("new");
        Compact();
        Assert.True(StorageEngine.Verify("copy", Options).IsSound);
        using var copy = StorageEngine.Open("copy", Options with { Scheduler = new ManualScheduler() });
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value("old", key), copy.Get(Key(key)));
    }

    [Fact]
    public void Values_of_many_blobs_are_read_with_few_of_them_open()
    {
        _engine.Dispose();
        using var engine = StorageEngine.Open("few", Options with
        {
            OpenTablesMax = 2,
            L0SlowdownTables = 100,
            L0StopTables = 200,
            L0CompactionTrigger = 90,
        });
        for (var key = 0; key < Keys; key++)
        {
            engine.Put(Key(key), Value("many", key));
            HandDriven.Finish(engine.FlushAsync(), _scheduler);
        }
        Assert.Equal(Keys, engine.GetStatistics().Blobs.Count);
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value("many", key), engine.Get(Key(key)));
        using var cursor = engine.OpenCursor();
        var number = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            Assert.Equal(Value("many", number++), cursor.Value.ToArray());
        Assert.InRange(engine.GetStatistics().Blobs.OpenCount, 1, 2);
    }

    [Fact]
    public void Turning_large_values_off_keeps_those_that_there_are()
    {
        Write("old");
        Compact();
        _engine.Dispose();
        using var engine = StorageEngine.Open(Folder, Options with { LargeValueBytesMin = 0 });
        engine.Put(Key(1), Value("new", 1));
        HandDriven.Finish(engine.CompactAsync(), _scheduler);
        Assert.Equal(1, engine.GetStatistics().Blobs.Count);
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value(key == 1 ? "new" : "old", key), engine.Get(Key(key)));
    }

    [Fact]
    public void A_damaged_value_is_named_by_file_and_offset_and_the_others_are_read()
    {
        Write("old");
        Compact();
        var name = BlobFiles.Single();
        _engine.Dispose();
        using (var file = _disk.Open($"{Folder}/{name}", FileAccess.ReadWrite))
            file.Write(BlobFormat.HeaderSize + 60, "damage"u8);
        var report = StorageEngine.Verify(Folder, Options);
        Assert.Contains(report.Findings, finding =>
            finding.File == name && finding.Offset == BlobFormat.HeaderSize
                && finding.Problem.StartsWith("the value of key000 @1 in ", StringComparison.Ordinal));
        using var engine = StorageEngine.Open(Folder, Options);
        var error = Assert.Throws<FerrisException>(() => engine.Get(Key(0)));
        Assert.Contains($"{name} is damaged at offset 32: expected checksum", error.Message, StringComparison.Ordinal);
        Assert.Equal(Value("old", 1), engine.Get(Key(1)));
    }

    public void Dispose() => _engine.Dispose();

    private void Write(string text)
    {
        for (var key = 0; key < Keys; key++)
            _engine.Put(Key(key), Value(text, key));
    }

    private void Check(string text, Snapshot? snapshot = null)
    {
        for (var key = 0; key < Keys; key++)
            Assert.Equal(Value(text, key), _engine.Get(Key(key), snapshot));
    }

    private void Flush() => HandDriven.Finish(_engine.FlushAsync(), _scheduler);

    private void Compact() => HandDriven.Finish(_engine.CompactAsync(), _scheduler);

    private void WaitUntil(Func<bool> condition) => EpochsNow.Drain(() =>
    {
        _scheduler.RunUntilIdle();
        return condition();
    });

    private void AssertSound()
    {
        _engine.Dispose();
        var report = StorageEngine.Verify(Folder, Options);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
    }

    private static byte[] Key(int number) => Bytes($"key{number:000}");

    private static byte[] Value(string text, int key) =>
        Bytes($"{text} {key} {new string((char)('a' + (key % 26)), 200)}");
}
