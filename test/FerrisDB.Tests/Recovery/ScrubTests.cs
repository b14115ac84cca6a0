using FerrisDB.Storage;
using FerrisDB.TestKit;
using Microsoft.Extensions.Time.Testing;
using static FerrisDB.TestKit.ModelDatabase;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

// The clock is the test's, so is the scheduler: a round takes as long as its bytes cost, and no longer.
public sealed class ScrubTests
{
    private const int BytesPerSecond = 1024;

    private readonly MemoryFileSystem _disk = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ManualScheduler _scheduler = new();
    private readonly List<StorageEvent> _events = [];

    private IEnumerable<ScrubRoundEnded> Rounds => _events.OfType<ScrubRoundEnded>();

    private IEnumerable<ScrubFoundDamage> Damages => _events.OfType<ScrubFoundDamage>();

    [Fact]
    public void A_round_reads_all_tables_and_begins_again_after_the_pause()
    {
        using var engine = OpenWithTables();
        var sizeBytes = engine.GetStatistics().TableBytes;
        Advance(Scrub.FirstRoundAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(0, engine.GetStatistics().Scrub.BytesRead);
        Advance(TimeSpan.FromSeconds(1));
        Assert.True(engine.GetStatistics().Scrub.IsRunning);

        AdvanceUntil(() => Rounds.Any());

        var scrub = engine.GetStatistics().Scrub;
        var footers = engine.GetStatistics().Tables * (long)SSTableFormat.FooterSize;
        Assert.Equal(sizeBytes - footers, scrub.BytesRead);
        Assert.Equal((1, 0, false), (scrub.Rounds, scrub.Damages, scrub.IsRunning));
        Assert.Equal(scrub.FilesTotal, scrub.FilesDone);
        Assert.Equal(_time.GetUtcNow(), scrub.LastRoundEndedAt);
        Assert.Equal(scrub.FilesTotal, Rounds.Single().Files);

        Advance(engine.Options.ScrubPause);
        AdvanceUntil(() => Rounds.Count() == 2);
        Assert.Equal(2 * scrub.BytesRead, engine.GetStatistics().Scrub.BytesRead);
    }

    [Fact]
    public void What_is_read_is_paid_for_before_more_is_read()
    {
        using var engine = OpenWithTables();
        Advance(Scrub.FirstRoundAfter);
        for (var second = 0; !Rounds.Any(); second++)
        {
            // The bytes of a step, here of a table, are read before they are paid for.
            var allowed = (second * BytesPerSecond) + 4096;
            Assert.InRange(engine.GetStatistics().Scrub.BytesRead, 1, allowed);
            Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(Rounds.Single().Elapsed > TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("block")]
    [InlineData("index")]
    [InlineData("cut")]
    [InlineData("gone")]
    public void Damage_is_told_with_its_place_and_stops_nothing(string kind)
    {
        using var engine = OpenWithTables();
        var (table, offset) = Damage(kind);
        Advance(Scrub.FirstRoundAfter);
        AdvanceUntil(() => Rounds.Any());

        var found = Assert.Single(Damages);
        Assert.Equal((table, offset), (found.File, found.Offset));
        Assert.Equal(1, engine.GetStatistics().Scrub.Damages);
        Assert.Equal(1, Rounds.Single().Damages);
        Write(engine, "zz", "goes on");
        Assert.Equal("goes on"u8.ToArray(), engine.Get("zz"u8));

        Advance(engine.Options.ScrubPause);
        AdvanceUntil(() => Rounds.Count() == 2);
        Assert.Equal(2, engine.GetStatistics().Scrub.Damages);
    }

    [Fact]
    public void Blobs_are_read_too()
    {
        using var engine = OpenWithTables(largeValueBytesMin: 64);
        var name = _disk.List(Folder).First(file => file.EndsWith(".blob", StringComparison.Ordinal));
        DamagedFile.Flip(_disk, Path.Combine(Folder, name), BlobFormat.HeaderSize + BlobFormat.RecordHeaderSize + 20);
        Advance(Scrub.FirstRoundAfter);
        AdvanceUntil(() => Rounds.Any());

        var found = Assert.Single(Damages);
        Assert.Equal((name, BlobFormat.HeaderSize), (found.File, found.Offset));
        Assert.Equal(engine.GetStatistics().Scrub.FilesTotal, Rounds.Single().Files);
    }

    [Fact]
    public void A_table_that_a_compaction_replaces_meanwhile_is_passed_over_and_goes()
    {
        using var engine = OpenWithTables();
        Advance(Scrub.FirstRoundAfter);
        var before = TableNames();
        Finish(engine.CompactAsync(), _scheduler);
        AdvanceUntil(() => Rounds.Any());
        _scheduler.RunUntilIdle();

        Assert.Empty(Damages);
        Assert.True(Rounds.Single().Files < before.Count);
        var scrub = engine.GetStatistics().Scrub;
        Assert.Equal(scrub.FilesTotal, scrub.FilesDone);
    }

    [Fact]
    public void Closing_does_not_wait_for_a_round()
    {
        using (OpenWithTables())
        {
            Advance(Scrub.FirstRoundAfter);
        }
        Advance(TimeSpan.FromDays(2));
        Assert.Empty(Rounds);
        using var again = StorageEngine.Open(Folder, Options());
    }

    [Fact]
    public void Nothing_is_read_if_it_is_switched_off_or_there_is_nothing_to_read()
    {
        using (var engine = OpenWithTables(bytesPerSecond: 0))
        {
            Advance(TimeSpan.FromDays(2));
            Assert.Equal(default, engine.GetStatistics().Scrub);
        }
        using var empty = StorageEngine.Open("empty", Options());
        Advance(TimeSpan.FromDays(2));
        Assert.Equal((0, 0), (empty.GetStatistics().Scrub.BytesRead, empty.GetStatistics().Scrub.Damages));
        Assert.InRange(empty.GetStatistics().Scrub.Rounds, 1, 3);
    }

    private StorageEngine OpenWithTables(long bytesPerSecond = BytesPerSecond, int largeValueBytesMin = 0)
    {
        var options = Options(bytesPerSecond) with { LargeValueBytesMin = largeValueBytesMin };
        var engine = StorageEngine.Open(Folder, options);
        engine.EventRaised += _events.Add;
        for (var number = 0; number < 100; number++)
            Write(engine, $"key{number:00}", $"{number * 7919} {new string((char)('a' + (number % 26)), 100)}");
        Finish(engine.FlushAsync(), _scheduler);
        _scheduler.RunUntilIdle();
        Write(engine, "key50", "newer");
        Finish(engine.FlushAsync(), _scheduler);
        _scheduler.RunUntilIdle();
        return engine;
    }

    private StorageOptions Options(long bytesPerSecond = BytesPerSecond) => OptionsOn(_disk, _scheduler) with
    {
        TimeProvider = _time,
        ScrubBytesPerSecond = bytesPerSecond,
        CompressionPerLevel = [Compression.None],
    };

    private void Write(StorageEngine engine, string key, string value)
    {
        var batch = new WriteBatch();
        batch.Put(Bytes(key), Bytes(value));
        Finish(engine.WriteAsync(batch, Durability.Process), _scheduler);
    }

    private void Advance(TimeSpan time)
    {
        _time.Advance(time);
        while (_scheduler.RunOneStep())
        {
            // What the clock has woken.
        }
    }

    private void AdvanceUntil(Func<bool> isReached)
    {
        for (var second = 0; !isReached(); second++)
        {
            Assert.True(second < 1000);
            Advance(TimeSpan.FromSeconds(1));
        }
    }

    private List<string> TableNames() =>
        [.. _disk.List(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal))];

    private (string Table, long Offset) Damage(string kind)
    {
        var name = TableNames()[0];
        var path = Path.Combine(Folder, name);
        var content = DamagedFile.Read(_disk, path);
        if (kind == "gone")
        {
            _disk.Delete(path);
            return (name, 0);
        }
        if (kind == "cut")
        {
            DamagedFile.Replace(_disk, path, content.AsSpan(0, content.Length - 100));
            return (name, content.Length - 100);
        }
        using var file = _disk.Open(path, FileAccess.Read);
        var wanted = kind == "block" ? BlockKind.Data : BlockKind.Index;
        var handle = SSTableLayout.Read(file).Blocks.First(block => block.Kind == wanted).Handle;
        DamagedFile.Flip(_disk, path, handle.Offset + (handle.SizeBytes / 2));
        return (name, handle.Offset);
    }
}
