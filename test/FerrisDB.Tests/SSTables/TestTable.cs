using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>Writes tables to a memory disk and opens them.</summary>
internal sealed class TestTable : IDisposable
{
    private const string Name = "7.sst";

    private readonly bool _ownsCache;

    private TestTable(MemoryFileSystem files, TableMetadata metadata, BlockCache? cache, long globalVersion)
    {
        Files = files;
        Metadata = metadata with { GlobalVersion = globalVersion };
        _ownsCache = cache is null;
        Cache = cache ?? new BlockCache(8 << 20);
        Reader = SSTableReader.Open(files.Open(Name, FileAccess.Read), Metadata, Cache);
    }

    public MemoryFileSystem Files { get; }

    public TableMetadata Metadata { get; }

    public BlockCache Cache { get; }

    public SSTableReader Reader { get; }

    public static TestTable Create(
        TableModel model, SSTableWriterOptions? options = null, RangeTombstoneSet? rangeTombstones = null,
        BlockCache? cache = null, long globalVersion = 0)
    {
        var files = new MemoryFileSystem();
        var metadata = Write(files, model, options ?? new SSTableWriterOptions(), rangeTombstones);
        return new TestTable(files, metadata, cache, globalVersion);
    }

    public static byte[] Bytes(
        TableModel model, SSTableWriterOptions options, RangeTombstoneSet? rangeTombstones = null)
    {
        var files = new MemoryFileSystem();
        Write(files, model, options, rangeTombstones);
        using var file = files.Open(Name, FileAccess.Read);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    /// <summary>Opens a table of any bytes, without metadata.</summary>
    public static SSTableReader Open(byte[] bytes, BlockCache cache)
    {
        var files = new MemoryFileSystem();
        using (var file = files.Create(Name))
            file.Write(0, bytes);
        return SSTableReader.Open(files.Open(Name, FileAccess.Read), null, cache);
    }

    /// <summary>The newest entry at or below a version, copied.</summary>
    public ModelEntry? Get(byte[] key, long version)
    {
        using var epoch = Epochs.Enter();
        return Reader.TryGet(key, KeyHash.Of(key), version, out var tag, out var value)
            ? new ModelEntry(key, tag, value.ToArray())
            : null;
    }

    public void Dispose()
    {
        Reader.Release();
        if (_ownsCache)
            Cache.Dispose();
    }

    private static TableMetadata Write(
        MemoryFileSystem files, TableModel model, SSTableWriterOptions options, RangeTombstoneSet? rangeTombstones)
    {
        using var file = files.Create(Name);
        using var writer = new SSTableWriter(file, options);
        foreach (var entry in model.Entries)
        {
            writer.Add(entry.Key, entry.Tag, entry.Value);
            if (writer.PendingBytes > 10_000)
                Complete(writer.WritePendingAsync());
        }
        if (rangeTombstones is not null)
            writer.AddRangeTombstones(rangeTombstones);
        var finished = writer.FinishAsync(fileNumber: 7);
        Assert.True(finished.IsCompleted);
        return finished.Result;
    }

    private static void Complete(ValueTask task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }
}
