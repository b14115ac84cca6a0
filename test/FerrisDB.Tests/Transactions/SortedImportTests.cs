using System.Text;
using FerrisDB.Storage;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Transactions;

/// <summary>An import is one large transaction, in process and on a server.</summary>
public sealed class SortedImportTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private TestServer _server = null!;
    private Database _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _client = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_become_visible_together_over_what_was_there(bool isRemote)
    {
        var database = Choose(isRemote);
        await database.RunAsync(t =>
        {
            t.Set("b"u8, "old"u8);
            t.Set("bb"u8, "stays"u8);
        });

        await using var import = await database.BeginSortedImportAsync();
        await import.AddAsync("a"u8, "1"u8);
        await import.AddAsync("b"u8, "2"u8);
        await import.AddAsync("c"u8, ""u8);
        var before = await TextAsync(database);
        var version = await import.CommitAsync();

        Assert.Equal("b=old bb=stays", before);
        Assert.Equal("a=1 b=2 bb=stays c=", await TextAsync(database));
        Assert.Equal(version, await database.ReadAsync(t => t.GetReadVersionAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_read_between_its_keys_conflicts_and_who_has_read_elsewhere_does_not(bool isRemote)
    {
        var database = Choose(isRemote);
        using var between = database.CreateTransaction();
        using var behind = database.CreateTransaction();
        await between.GetAsync("m"u8);
        await behind.GetAsync("z\0"u8);

        await ImportAsync(database, "a", "z");
        between.Set("other"u8, "1"u8);
        behind.Set("other"u8, "2"u8);

        var conflict = await Assert.ThrowsAsync<FerrisException>(async () => await between.CommitAsync());
        Assert.Equal(ErrorCode.NotCommitted, conflict.Code);
        await behind.CommitAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_fires_if_the_import_changes_its_key(bool isRemote)
    {
        var database = Choose(isRemote);
        await database.RunAsync(t => t.Set("b"u8, "v"u8));
        var changed = await WatchAsync(database, "a");
        var same = await WatchAsync(database, "b");

        await ImportAsync(database, "a", "b");

        await changed.WaitAsync(Bound);
        Assert.False(same.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_that_do_not_ascend_are_refused_and_nothing_is_there(bool isRemote)
    {
        var database = Choose(isRemote);
        var refusal = await Assert.ThrowsAsync<FerrisException>(
            async () => await ImportAsync(database, "a", "c", "b", "d"));

        Assert.Equal(ErrorCode.ClientInvalidOperation, refusal.Code);
        Assert.Equal("", await TextAsync(database));
        await ImportAsync(database, "a", "b");
        Assert.Equal("a=v b=v", await TextAsync(database));
    }

    [Fact]
    public async Task Rows_beyond_the_limits_of_the_server_are_refused()
    {
        await using var import = await _client.BeginSortedImportAsync();
        await import.AddAsync("a"u8, new byte[100_001]);

        var refusal = await Assert.ThrowsAsync<FerrisException>(async () => await import.CommitAsync());

        Assert.Equal(ErrorCode.ValueTooLarge, refusal.Code);
        Assert.Equal("", await TextAsync(_client));
    }

    [Fact]
    public async Task An_import_without_rows_changes_nothing()
    {
        await using var import = await _client.BeginSortedImportAsync();

        await import.CommitAsync();

        Assert.Equal("", await TextAsync(_client));
    }

    [Fact]
    public async Task A_lost_connection_ends_an_import_and_nothing_of_it_stays()
    {
        var import = await _client.BeginSortedImportAsync();
        for (var row = 0; row < 40; row++)
            await import.AddAsync(Key(row), new byte[10_000]);
        _server.Relay.Cut();

        var lost = await Assert.ThrowsAsync<FerrisException>(async () => await import.CommitAsync());
        await import.DisposeAsync();

        Assert.Equal(ErrorCode.ConnectionFailed, lost.Code);
        Assert.Equal("", await TextAsync(_client));
        await AssertNothingUnfinishedAsync();
    }

    [Fact]
    public async Task Who_gives_an_import_up_can_begin_another_one()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var import = await _client.BeginSortedImportAsync();
            await import.AddAsync("a"u8, "1"u8);
        }
        await ImportAsync(_client, "b");

        Assert.Equal("b=v", await TextAsync(_client));
        await AssertNothingUnfinishedAsync();
    }

    [Fact]
    public async Task Many_rows_come_whole()
    {
        const int Rows = 20_000;
        await using (var import = await _client.BeginSortedImportAsync())
        {
            for (var row = 0; row < Rows; row++)
                await import.AddAsync(Key(row), Encoding.UTF8.GetBytes($"value of {row}"));
            await import.CommitAsync();
        }

        await using var reader = await _client.OpenRangeAsync(new KeyRange([], [0xff]));
        var count = 0;
        while (await reader.ReadAsync())
        {
            Assert.Equal(Key(count), reader.Key.ToArray());
            Assert.Equal($"value of {count++}", Encoding.UTF8.GetString(reader.Value));
        }
        Assert.Equal(Rows, count);
    }

    [Fact]
    public async Task A_run_of_many_tables_is_one_version()
    {
        using var rows = new SortedRun(_server.Database.Storage) { TableBytes = 4096 };
        for (var row = 0; row < 2000; row++)
            rows.Add(Key(row), new byte[100]);

        await _server.Database.Embedded.Roles.IngestAsync(rows);

        Assert.True(_server.Database.GetStatistics().Tables > 3);
        var found = await _client.ReadAsync(t => t.GetRangeAsync(new KeyRange([], [0xff])));
        Assert.Equal(2000, found.Count);
    }

    [Fact]
    public async Task What_was_imported_is_there_when_the_database_is_opened_again()
    {
        var options = new DatabaseOptions { Storage = new StorageOptions { FileSystem = new MemoryFileSystem() } };
        long version;
        await using (var database = Database.Open("/db", options))
        {
            await database.RunAsync(t => t.Set("a"u8, "1"u8));
            await ImportAsync(database, "b", "c");
            await database.RunAsync(t => t.Set("d"u8, "2"u8));
            version = await database.ReadAsync(t => t.GetReadVersionAsync());
        }

        await using var again = Database.Open("/db", options);

        Assert.Equal("a=1 b=v c=v d=2", await TextAsync(again));
        Assert.True(await again.ReadAsync(t => t.GetReadVersionAsync()) >= version);
    }

    private static byte[] Key(int row) => Encoding.UTF8.GetBytes($"key{row:000000}");

    private Database Choose(bool isRemote) => isRemote ? _client : _server.Database;

    private static async Task ImportAsync(Database database, params string[] keys)
    {
        await using var import = await database.BeginSortedImportAsync();
        foreach (var key in keys)
            await import.AddAsync(Encoding.UTF8.GetBytes(key), "v"u8);
        await import.CommitAsync();
    }

    private static async Task<Task> WatchAsync(Database database, string key)
    {
        using var transaction = database.CreateTransaction();
        var changed = transaction.WatchAsync(Encoding.UTF8.GetBytes(key));
        await transaction.CommitAsync();
        return changed;
    }

    private static async Task<string> TextAsync(Database database)
    {
        var rows = new List<string>();
        await using var reader = await database.OpenRangeAsync(new KeyRange([], [0xff]));
        while (await reader.ReadAsync())
            rows.Add($"{Encoding.UTF8.GetString(reader.Key)}={Encoding.UTF8.GetString(reader.Value)}");
        return string.Join(' ', rows);
    }

    // The server learns of the end of a connection a little later.
    private async Task AssertNothingUnfinishedAsync()
    {
        var tree = _server.Database.Storage.Tree;
        bool IsClean() => !tree.Files.List(tree.Folder).Any(name => name.EndsWith(".tmp", StringComparison.Ordinal));
        for (var look = 0; !IsClean(); look++)
        {
            Assert.True(look < 10_000, "What an import has left is still there.");
            await _client.ReadAsync(t => t.GetReadVersionAsync());
        }
    }
}
