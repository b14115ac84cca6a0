using FerrisDB.Storage;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

public sealed class IngestTests : IDisposable
{
    private readonly MemoryFileSystem _disk = new();
    private StorageEngine _engine;

    public IngestTests()
    {
        _disk.CreateDirectory("in");
        _engine = Open();
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task A_file_becomes_visible_at_one_new_version()
    {
        _engine.Put("b"u8, "old"u8);
        _engine.Put("c"u8, "old"u8);
        using var before = _engine.TakeSnapshot();

        var version = await _engine.IngestAsync([Write("1", ("a", "new"), ("b", "new"), ("c", null))]);

        Assert.Equal(before.Version + 1, version);
        Assert.Equal(version, _engine.LastVersion);
        Assert.Equal(["new", "new", null], Get("a", "b", "c"));
        Assert.Equal([null, "old", "old"], Get(before, "a", "b", "c"));
    }

    [Fact]
    public async Task What_is_written_afterwards_is_newer()
    {
        var version = await _engine.IngestAsync([Write("1", ("a", "ingested"), ("b", "ingested"))]);

        Assert.Equal(version + 1, _engine.Put("a"u8, "written"u8));
        _engine.Delete("b"u8);

        Assert.Equal(["written", null], Get("a", "b"));
        await _engine.CompactAsync();
        Assert.Equal(["written", null], Get("a", "b"));
    }

    [Fact]
    public Task What_comes_in_lies_above_what_is_flushed_at_that_moment() => IngestBesideFlushes.PlayAsync(rounds: 50);

    [Fact]
    public async Task The_version_is_not_given_out_again_after_reopening()
    {
        _engine.Put("x"u8, "1"u8);
        var version = await _engine.IngestAsync([Write("1", ("a", "ingested"))]);

        Reopen();

        Assert.Equal(version, _engine.LastVersion);
        Assert.Equal(version + 1, _engine.Put("a"u8, "written"u8));
        Reopen();
        Assert.Equal(["written", "1"], Get("a", "x"));
        Assert.Equal(version + 1, _engine.LastVersion);
    }

    [Fact]
    public async Task A_table_goes_as_deep_as_nothing_of_its_range_is_above()
    {
        await _engine.IngestAsync([Write("1", ("a", "1"), ("m", "1"))]);
        Assert.Equal([6], LevelsInUse());

        await _engine.IngestAsync([Write("2", ("n", "2"), ("z", "2"))]);
        await _engine.IngestAsync([Write("3", ("b", "3"), ("c", "3"))]);
        Assert.Equal([5, 6], LevelsInUse());

        _engine.Put("c"u8, "4"u8);
        await _engine.IngestAsync([Write("5", ("c", "5"))]);

        // Compaction may have sunk what lay on L5 meanwhile; the newest table stays above the flushed one.
        Assert.Equal(0, LevelsInUse()[0]);
        Assert.Equal(["1", "3", "5", "1", "2"], Get("a", "b", "c", "m", "n"));
    }

    [Fact]
    public async Task Files_in_any_order_are_one_write()
    {
        var version = await _engine.IngestAsync([Write("2", ("m", "2")), Write("1", ("a", "1"), ("b", "1"))]);

        Assert.Equal(1, version);
        Assert.Equal(["1", "1", "2"], Get("a", "b", "m"));
        Assert.Equal(0, await new ValueTask<long>(_engine.LastVersion - await _engine.IngestAsync([])));
    }

    [Fact]
    public async Task A_file_may_be_deleted_afterwards()
    {
        var file = Write("1", ("a", "1"));
        await _engine.IngestAsync([file]);

        _disk.Delete(file);
        Reopen();

        Assert.Equal(["1"], Get("a"));
    }

    [Fact]
    public async Task Files_that_overlap_are_refused()
    {
        string[] files = [Write("1", ("a", "1"), ("c", "1")), Write("2", ("b", "2"))];

        await Assert.ThrowsAsync<ArgumentException>(() => _engine.IngestAsync(files).AsTask());

        AssertUntouched();
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        var file = Write("1", ("a", "1"), ("b", "2"));
        using (var open = _disk.Open(file, FileAccess.ReadWrite))
            await open.WriteAsync(20, new byte[] { 1, 2, 3 });

        var error = await Assert.ThrowsAsync<FerrisException>(() => _engine.IngestAsync([file]).AsTask());

        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        AssertUntouched();
    }

    [Fact]
    public async Task A_missing_file_is_refused()
    {
        string[] files = [Write("1", ("a", "1")), "in/none"];

        var error = await Assert.ThrowsAsync<FerrisException>(() => _engine.IngestAsync(files).AsTask());

        Assert.Equal(ErrorCode.FileNotFound, error.Code);
        AssertUntouched();
    }

    [Fact]
    public async Task A_value_beyond_the_limit_of_the_database_is_refused()
    {
        _engine.Dispose();
        _engine = StorageEngine.Open("db", Options() with { ValueSizeLimitBytes = 3 });

        var error = await Assert.ThrowsAsync<FerrisException>(
            () => _engine.IngestAsync([Write("1", ("a", "long"))]).AsTask());

        Assert.Equal(ErrorCode.ValueTooLarge, error.Code);
        AssertUntouched();
    }

    [Fact]
    public void A_writer_refuses_keys_out_of_order_and_an_empty_file()
    {
        using var writer = new SortedTableWriter("in/1", Options());
        Assert.Throws<InvalidOperationException>(writer.Finish);
        writer.Put("b"u8, "1"u8);
        Assert.Throws<ArgumentException>(() => writer.Put("b"u8, "2"u8));
        Assert.Throws<ArgumentException>(() => writer.Delete("a"u8));
        Assert.Equal(1, writer.Count);
        writer.Finish();
        Assert.Throws<InvalidOperationException>(() => writer.Put("c"u8, "3"u8));
    }

    [Fact]
    public void A_writer_that_is_not_finished_leaves_no_file()
    {
        using (var writer = new SortedTableWriter("in/1", Options()))
            writer.Put("a"u8, "1"u8);

        Assert.False(_disk.FileExists("in/1"));
    }

    // While writers write, whoever reads sees all of a round or all of the one before, never something between; and
    // what a writer has written it reads.
    [Fact]
    public async Task Concurrent_readers_see_all_or_nothing()
    {
        var rounds = 25;
        var done = 0;
        var faults = new List<string>();
        var threads = new List<Thread>
        {
            new(() => RunUntilDone(WriteOwnKey)),
            new(() => RunUntilDone(WriteOwnKey)),
            new(() => RunUntilDone(ReadRound)),
        };
        threads.ForEach(thread => thread.Start());
        for (var round = 0; round < rounds; round++)
        {
            var version = await _engine.IngestAsync(
                [Write($"{round}a", ("i1", $"{round}"), ("i2", $"{round}")), Write($"{round}b", ("i3", $"{round}"))]);
            Assert.True(_engine.LastVersion >= version);
        }
        Volatile.Write(ref done, 1);
        threads.ForEach(thread => thread.Join());

        Assert.Empty(faults);
        Assert.Equal(["24", "24", "24"], Get("i1", "i2", "i3"));

        void RunUntilDone(Action<int> step)
        {
            try
            {
                for (var count = 0; Volatile.Read(ref done) == 0; count++)
                    step(count);
            }
            catch (Exception exception)
            {
                Fault(exception.ToString());
            }
        }

        void WriteOwnKey(int count)
        {
            var key = Bytes($"w{Environment.CurrentManagedThreadId}");
            _engine.Put(key, Bytes($"{count}"), (Durability)(count % 3));
            if (Text(_engine.Get(key)) != $"{count}")
                Fault($"{count} is not there");
        }

        void ReadRound(int count)
        {
            var values = _engine.GetMany([Bytes("i1"), Bytes("i2"), Bytes("i3")]);
            if (values.Select(value => value is null ? null : Text(value)).Distinct().Count() != 1)
                Fault("half of a round");
        }

        void Fault(string fault)
        {
            lock (faults)
                faults.Add(fault);
        }
    }

    private string Write(string name, params (string Key, string? Value)[] entries)
    {
        var path = $"in/{name}";
        using var writer = new SortedTableWriter(path, Options());
        foreach (var (key, value) in entries)
        {
            if (value is null)
                writer.Delete(Bytes(key));
            else
                writer.Put(Bytes(key), Bytes(value));
        }
        writer.Finish();
        return path;
    }

    private void AssertUntouched()
    {
        Assert.Equal(0, _engine.LastVersion);
        Assert.Equal(0, _engine.GetStatistics().Tables);
        Assert.DoesNotContain(_disk.List("db"), name => name.EndsWith(".sst", StringComparison.Ordinal));
        Assert.Equal(1, _engine.Put("key"u8, "1"u8));
    }

    private string?[] Get(params string[] keys) => Get(null, keys);

    private string?[] Get(Snapshot? snapshot, params string[] keys) =>
        [.. _engine.GetMany([.. keys.Select(Bytes)], snapshot).Select(value => value is null ? null : Text(value))];

    private int[] LevelsInUse() =>
        [.. _engine.GetStatistics().Levels.Where(level => level.Tables > 0).Select(level => level.Level)];

    private void Reopen()
    {
        _engine.Dispose();
        _engine = Open();
    }

    private StorageEngine Open() => StorageEngine.Open("db", Options());

    private StorageOptions Options() =>
        new() { FileSystem = _disk, MemoryBudgetBytes = 2 << 20, LevelSizeMultiplier = 1000 };
}
