using System.Collections.Concurrent;
using System.Globalization;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Recovery;

namespace FerrisDB.Tests.Backup;

/// <summary>A server whose clients write, what each of its versions has, and a place for backups far from it.</summary>
internal sealed class ServedScene : IAsyncDisposable
{
    public const int Writers = 3;

    private readonly ConcurrentBag<(long Version, Dictionary<string, string?> Writes)> _commits = [];
    private readonly int _seed;
    private int _isOver;
    private int _count;

    private ServedScene(TestServer server, int seed, BackupKey? key)
    {
        Server = server;
        _seed = seed;
        Target = new BackupTarget(new FolderBackupStore(Disk, BackupScene.Place), Disk, key);
    }

    public TestServer Server { get; }

    /// <summary>Where the backups are: not where the server's files are.</summary>
    public MemoryFileSystem Disk { get; } = new();

    public BackupTarget Target { get; }

    /// <summary>Transactions that were committed.</summary>
    public int Committed => Volatile.Read(ref _count);

    /// <param name="seed">Decides what is written.</param>
    /// <param name="key">Encrypts the backups, if there is one.</param>
    /// <param name="memTableBytes">So much is written between two flushes, which let the log go.</param>
    public static async Task<ServedScene> StartAsync(
        int seed, BackupKey? key = null, int memTableBytes = 32 << 10)
    {
        var storage = SmallDatabase.OptionsOn(new MemoryFileSystem()) with
        {
            Scheduler = null,
            MemTableBytes = memTableBytes,
        };
        var server = await TestServer.StartAsync(new DatabaseOptions { Storage = storage });
        return new ServedScene(server, seed, key);
    }

    /// <summary>Writes with several clients until <see cref="EndWriting"/>.</summary>
    public Task WriteAsync() => Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));

    public void EndWriting() => Volatile.Write(ref _isOver, 1);

    /// <summary>Completes when so many transactions more are committed.</summary>
    public async Task WhenCommittedAsync(int more)
    {
        for (var goal = Committed + more; Committed < goal;)
            await Task.Yield();
    }

    /// <summary>Restores a version, and compares every key and value with what the writers had committed by then.
    /// </summary>
    public async Task AssertRestoresAsync(string folder, RestoreOptions options)
    {
        var result = await Target.RestoreAsync(folder, options);
        var version = options.Version ?? result.Backup.LastVersion;
        var found = SmallDatabase.ReadAll(Disk, folder, out var lastVersion)
            .Where(pair => pair.Key.StartsWith('k')).ToList();
        Assert.InRange(lastVersion, 0, version);
        Assert.Equal(At(version), found);
    }

    public async ValueTask DisposeAsync()
    {
        EndWriting();
        await Server.DisposeAsync();
    }

    // Each writer has keys of its own, so the order in a version does not matter.
    private List<KeyValuePair<string, string>> At(long version)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, writes) in _commits.Where(commit => commit.Version <= version).OrderBy(each => each.Version))
        {
            foreach (var (key, value) in writes)
            {
                if (value is null)
                    state.Remove(key);
                else
                    state[key] = value;
            }
        }
        return [.. state];
    }

    private async Task WriteAsync(int writer)
    {
        await using var client = Server.Connect();
        var random = new Random((_seed * Writers) + writer);
        while (Volatile.Read(ref _isOver) == 0)
        {
            var writes = new Dictionary<string, string?>();
            for (var count = random.Next(1, 6); count > 0; count--)
                writes[$"k{writer}-{random.Next(200):000}"] = random.Next(8) == 0 ? null : Value(random);
            using var transaction = client.CreateTransaction();
            foreach (var (key, value) in writes)
            {
                if (value is null)
                    transaction.Clear(ModelDatabase.Bytes(key));
                else
                    transaction.Set(ModelDatabase.Bytes(key), ModelDatabase.Bytes(value));
            }
            await transaction.CommitAsync(Durability.Process);
            _commits.Add((transaction.CommittedVersion, writes));
            Interlocked.Increment(ref _count);
        }
    }

    private static string Value(Random random) =>
        random.Next().ToString(CultureInfo.InvariantCulture).PadLeft(random.Next(10, 120), '.');
}
