using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;

namespace FerrisDB.Tests.Backup;

/// <summary>
/// What is ingested is in no log: whoever keeps the log begins anew behind it, and no version is restored without it.
/// </summary>
public sealed class ArchiveIngestTests
{
    private readonly MemoryFileSystem _disk = new();
    private readonly MemoryFileSystem _place = new();

    private BackupTarget Target => new(new FolderBackupStore(_place, BackupScene.Place), _place);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_follower_begins_anew_behind_an_import_whatever_happens_between(bool isOpenedAgain)
    {
        var database = Open();
        await SetAsync(database, "a");
        await FollowAsync(database);
        var version = await ImportAsync(database, "b", "c");
        if (isOpenedAgain)
        {
            // The tables lose the sign that they were ingested, and the process what it knew of it.
            await database.CompactAsync();
            await database.DisposeAsync();
            database = Open();
        }
        await SetAsync(database, "d");
        if (isOpenedAgain)
        {
            await database.DisposeAsync();
            database = Open();
        }
        await SetAsync(database, "e");
        await FollowAsync(database);
        await database.DisposeAsync();

        var backups = (await Target.ListAsync()).OrderBy(backup => backup.FirstVersion).ToList();
        Assert.True(backups[0].LastVersion < version);
        Assert.True(backups[^1].FirstVersion >= version);
        await Target.RestoreAsync("copy", new RestoreOptions());
        var found = SmallDatabase.ReadAll(_place, "copy", out _);
        Assert.Equal(["a", "b", "c", "d", "e"], found.Select(pair => pair.Key).Where(key => key[0] < '\u00ff'));
    }

    [Fact]
    public async Task After_an_import_the_log_goes_on_in_another_segment()
    {
        await using var database = Open();
        await SetAsync(database, "a");
        var before = database.Storage.Parts.Wal!.Hold();
        await ImportAsync(database, "b");
        await SetAsync(database, "c");
        using var after = database.Storage.Parts.Wal!.Hold();

        Assert.True(after.Segments[^1].Number > before.Segments[^1].Number);
        before.Dispose();
    }

    private Database Open() => Database.Open("/db", new DatabaseOptions
    {
        Storage = new StorageOptions { FileSystem = _disk },
    });

    private static ValueTask SetAsync(Database database, string key) =>
        database.RunAsync(t => t.Set(ModelDatabase.Bytes(key), "v"u8));

    private static async Task<long> ImportAsync(Database database, params string[] keys)
    {
        await using var import = await database.BeginSortedImportAsync();
        foreach (var key in keys)
            await import.AddAsync(ModelDatabase.Bytes(key), "v"u8);
        return await import.CommitAsync();
    }

    private async Task FollowAsync(Database database)
    {
        using var stop = new CancellationTokenSource();
        var options = new ArchiveOptions
        {
            Interval = TimeSpan.FromMilliseconds(10),
            Stored = _ => stop.Cancel(),
        };
        await database.ArchiveAsync(Target, options, stop.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
