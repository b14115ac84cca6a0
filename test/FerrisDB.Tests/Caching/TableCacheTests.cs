using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed class TableCacheTests : IDisposable
{
    private readonly MemoryFileSystem _files = new();
    private readonly BlockCache _blocks = new(1 << 20);
    private readonly TableCache _tables;
    private readonly List<TableHandle> _handles = [];

    public TableCacheTests()
    {
        _files.CreateDirectory("db");
        _tables = new TableCache(_files, "db", _blocks, openTablesMax: 3);
        for (var number = 1; number <= 6; number++)
            _handles.Add(new TableHandle(Write(number)));
    }

    [Fact]
    public void An_open_table_is_found_again()
    {
        using var epoch = Epochs.Enter();
        var reader = _tables.Get(_handles[0]);
        Assert.Same(reader, _tables.Get(_handles[0]));
        Assert.Same(reader, _handles[0].Reader);
        Assert.Equal(1, _tables.OpenCount);
        Assert.Equal(reader.MemoryBytes, _tables.MemoryBytes);
    }

    [Fact]
    public void Tables_beyond_the_limit_are_closed_least_used_first()
    {
        for (var round = 0; round < 5; round++)
        {
            for (var table = 0; table < 6; table++)
            {
                Read(0);
                Read(table);
                Assert.InRange(_tables.OpenCount, 1, 3);
            }
        }
        Assert.NotNull(_handles[0].Reader);
        Assert.Equal(3, _handles.Count(handle => handle.Reader is not null));
    }

    [Fact]
    public void A_cursor_keeps_its_table_open()
    {
        using var cursor = _tables.OpenCursor(_handles[0]);
        Assert.True(cursor.SeekToFirst());
        var reader = _handles[0].Reader!;
        _tables.Evict(_handles[0]);
        _tables.Evict(_handles[0]);
        Epochs.Collect();
        Assert.Null(_handles[0].Reader);
        Assert.True(cursor.Next());
        Assert.True(cursor.SeekToLast());
        cursor.Dispose();
        EpochsNow.Drain(() => IsClosed(reader));
    }

    [Fact]
    public void A_get_keeps_its_table_open_until_it_leaves()
    {
        SSTableReader reader;
        using (Epochs.Enter())
        {
            reader = _tables.Get(_handles[0]);
            _tables.Evict(_handles[0]);
            Epochs.Collect();
            Assert.True(reader.TryGet([1], KeyHash.Of([1]), 1, out _, out var value));
            Assert.Equal([1], value.ToArray());
        }
        EpochsNow.Drain(() => IsClosed(reader));
    }

    [Fact]
    public void A_table_that_is_missing_is_named()
    {
        var handle = new TableHandle(_handles[0].Metadata with { FileNumber = 77 });
        using var epoch = Epochs.Enter();
        var error = Assert.Throws<FerrisException>(() => _tables.Get(handle));
        Assert.Equal(ErrorCode.FileNotFound, error.Code);
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_was_prepared_is_open_as_soon_as_it_is_installed()
    {
        _tables.Prepare(_handles[0].Metadata);
        _tables.Prepare(_handles[0].Metadata);
        Assert.Equal(0, _tables.OpenCount);

        _tables.Adopt(_handles[0]);
        _tables.Adopt(_handles[1]);

        Assert.NotNull(_handles[0].Reader);
        Assert.Null(_handles[1].Reader);
        Assert.Equal(1, _tables.OpenCount);
        Read(0);
    }

    [Fact]
    public void Installing_tables_closes_others_beyond_the_limit()
    {
        foreach (var handle in _handles)
        {
            _tables.Prepare(handle.Metadata);
            _tables.Adopt(handle);
            Assert.InRange(_tables.OpenCount, 1, 3);
        }
        Assert.NotNull(_handles[^1].Reader);
    }

    [Fact]
    public void A_table_that_cannot_be_prepared_is_left_to_its_first_reader()
    {
        var handle = new TableHandle(_handles[0].Metadata with { FileNumber = 77 });
        _tables.Prepare(handle.Metadata);
        _tables.Adopt(handle);
        Assert.Null(handle.Reader);
    }

    [Fact]
    public void Threads_that_open_a_table_at_once_agree_on_one()
    {
        using var together = new Barrier(4);
        var readers = new SSTableReader[4];
        var threads = Enumerable.Range(0, readers.Length).Select(index => new Thread(() =>
        {
            using var epoch = Epochs.Enter();
            together.SignalAndWait();
            readers[index] = _tables.Get(_handles[0]);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(readers, reader => Assert.Same(_handles[0].Reader, reader));
        Assert.Equal(1, _tables.OpenCount);
    }

    [Fact]
    public void Disposing_closes_all_tables()
    {
        Read(0);
        Read(1);
        var reader = _handles[0].Reader!;
        _tables.Dispose();
        EpochsNow.Drain(() => IsClosed(reader));
        Assert.Equal(0, _blocks.Allocator.AllocatedBytes);
        Assert.Throws<ObjectDisposedException>(() => Read(2));
    }

    public void Dispose()
    {
        _tables.Dispose();
        _blocks.Dispose();
    }

    private static bool IsClosed(SSTableReader reader)
    {
        if (!reader.TryAcquire())
            return true;
        reader.Release();
        return false;
    }

    private void Read(int table)
    {
        using var epoch = Epochs.Enter();
        Assert.True(_tables.Get(_handles[table]).TryGet([1], KeyHash.Of([1]), 1, out _, out _));
    }

    private TableMetadata Write(int number)
    {
        using var file = _files.Create(Path.Combine("db", FileNames.Table(number)));
        using var writer = new SSTableWriter(file, new SSTableWriterOptions());
        for (byte key = 0; key < 10; key++)
            writer.Add([key], new EntryTag(1, EntryKind.Value), [key]);
        return writer.FinishAsync(number).GetAwaiter().GetResult();
    }
}
