using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Engine;

namespace FerrisDB.Tests.Blobs;

// What a scan asks of the disk, and what it shows when the disk does not have what was asked for ahead.
public sealed class BlobReadAheadTests : IDisposable
{
    private const string Folder = "db";
    private const int Keys = 200;
    private const int ValueBytes = 2000;

    private readonly FaultyFileSystem _disk = new(new MemoryFileSystem()) { CountsReads = true };
    private readonly ManualScheduler _scheduler = new();
    private StorageEngine? _engine;

    private string Blob => Path.Combine(Folder, _disk.List(Folder).Single(name => name.EndsWith(".blob")));

    public void Dispose() => _engine?.Dispose();

    [Fact]
    public void A_scan_in_order_reads_many_values_by_one_call()
    {
        Fill(blobs: 1);
        Assert.InRange(ReadsOf(cursor => Scan(cursor, Keys)), 1, Keys / 8);
    }

    [Fact]
    public void A_scan_that_goes_through_several_blobs_by_turns_reads_ahead_of_each()
    {
        Fill(blobs: 4);
        Assert.InRange(ReadsOf(cursor => Scan(cursor, Keys)), 1, Keys / 4);
    }

    [Fact]
    public void A_short_scan_reads_nothing_that_it_does_not_show()
    {
        Fill(blobs: 1);
        var reads = ReadsOf(cursor => Scan(cursor, 1));
        Assert.Equal(reads + 2, ReadsOf(cursor => Scan(cursor, 3)));
    }

    [Fact]
    public void More_blobs_than_a_cursor_keeps_apart_are_read_all_the_same()
    {
        Fill(blobs: BlobStreams.Max + 8);
        ReadsOf(cursor => Scan(cursor, Keys));
    }

    [Fact]
    public void A_damaged_value_is_told_when_it_is_reached_and_those_around_it_are_shown()
    {
        const int Damaged = 50;
        Fill(blobs: 1);
        _disk.FlipBit(Blob, BlobFormat.HeaderSize + (Damaged * RecordBytes) + (RecordBytes / 2), bit: 3);
        using var cursor = _engine!.OpenCursor();
        var key = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next(), key++)
        {
            if (key == Damaged)
                AssertCorrupt(cursor);
            else
                Assert.Equal(Value(key), cursor.Value.ToArray());
        }
        Assert.Equal(Keys, key);
    }

    [Fact]
    public void Where_the_file_ends_too_early_the_values_before_are_shown()
    {
        const int Left = 50;
        Fill(blobs: 1);
        // Opened while it is whole.
        Assert.Equal(Value(0), _engine!.Get(Key(0)));
        _disk.CutReads(Blob, BlobFormat.HeaderSize + (Left * RecordBytes) + 10);
        using var cursor = _engine.OpenCursor();
        var isValid = cursor.SeekToFirst();
        for (var key = 0; key < Left; key++, isValid = cursor.Next())
            Assert.Equal(Value(key), cursor.Value.ToArray());
        Assert.True(isValid);
        AssertCorrupt(cursor);
    }

    private static int RecordBytes => BlobFormat.RecordHeaderSize + Key(0).Length + ValueBytes;

    private static byte[] Key(int key) => System.Text.Encoding.UTF8.GetBytes($"key {key:d4}");

    private static byte[] Value(int key)
    {
        var value = new byte[ValueBytes];
        new Random(key).NextBytes(value);
        return value;
    }

    private static void AssertCorrupt(Cursor cursor)
    {
        ErrorCode? code = null;
        try
        {
            _ = cursor.Value;
        }
        catch (FerrisException error)
        {
            code = error.Code;
        }
        Assert.Equal(ErrorCode.FileCorrupt, code);
    }

    private static void Scan(Cursor cursor, int count)
    {
        var isValid = cursor.SeekToFirst();
        for (var key = 0; key < count; key++, isValid = cursor.Next())
        {
            Assert.True(isValid);
            Assert.Equal(Value(key), cursor.Value.ToArray());
        }
    }

    // Of a database that was just opened, so that nothing is cached.
    private long ReadsOf(Action<Cursor> scan)
    {
        Open();
        using var cursor = _engine!.OpenCursor();
        var before = _disk.OperationCount;
        scan(cursor);
        return _disk.OperationCount - before;
    }

    private void Fill(int blobs)
    {
        Open();
        for (var blob = 0; blob < blobs; blob++)
        {
            for (var key = blob; key < Keys; key += blobs)
                _engine!.Put(Key(key), Value(key));
            HandDriven.Finish(_engine!.FlushAsync(), _scheduler);
        }
        HandDriven.Finish(_engine!.CompactAsync(), _scheduler);
        Open();
    }

    private void Open()
    {
        _engine?.Dispose();
        _engine = StorageEngine.Open(Folder, new StorageOptions
        {
            FileSystem = _disk,
            Scheduler = _scheduler,
            FreeDiskBytesMin = 0,
            MemoryBudgetBytes = 4 << 20,
            MemTableBytes = 1 << 20,
            LargeValueBytesMin = 1000,
            CompressionPerLevel = [Compression.None],
        });
    }
}
