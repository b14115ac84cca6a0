using System.Globalization;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Recovery;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Backup;

/// <summary>
/// A database whose log goes with each flush, what each of its versions has, and a place for backups of those who
/// follow it over a network that is not there.
/// </summary>
internal sealed class FollowerScene : IAsyncDisposable
{
    private const string Cluster = "loop:1";

    private readonly List<(long Version, string Key, string Value)> _writes = [];
    private readonly MemoryFileSystem _disk = new();
    private readonly Random _random;
    private readonly Database _served;
    private readonly Database _client;

    public FollowerScene(int seed, FollowerLimits? limits = null, TimeProvider? clock = null)
    {
        _random = new Random(seed);
        _served = Database.OpenInMemory(new DatabaseOptions
        {
            Storage = SmallDatabase.OptionsOn(new MemoryFileSystem()) with
            {
                Scheduler = null,
                MemTableBytes = 64 << 10,
            },
        });
        var requests = new RequestLimits(10_000, 30_000, 100_000, 10_000_000);
        Roles = new RoleServer(_served.Embedded.Roles, requests, TimeProvider.System)
        {
            Followers = new FollowedLogs(clock ?? TimeProvider.System, limits ?? FollowerLimits.Default),
        };
        Network = new LoopNetwork(Roles, Cluster);
        _client = Database.Connect(ConnectionString.Parse($"{Cluster}@nowhere:1"), Network, options: null);
        Target = new BackupTarget(new FolderBackupStore(_disk, BackupScene.Place), _disk);
    }

    public RoleServer Roles { get; }

    public LoopNetwork Network { get; }

    public BackupTarget Target { get; }

    /// <summary>Writes some segments of log, and flushes: from now on nobody needs them but who follows.</summary>
    public void WriteAndFlush()
    {
        for (var count = 0; count < 40; count++)
        {
            var key = $"k{_random.Next(100):000}";
            var value = _random.Next().ToString(CultureInfo.InvariantCulture).PadLeft(400, '.');
            using var transaction = _served.CreateTransaction();
            transaction.Set(ModelDatabase.Bytes(key), ModelDatabase.Bytes(value));
            transaction.CommitAsync().AsTask().GetAwaiter().GetResult();
            _writes.Add((transaction.CommittedVersion, key, value));
        }
        _served.Storage.FlushAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Follows until something says that it is enough; each step takes no time.</summary>
    public Task FollowAsync(ArchiveOptions options, CancellationToken enough) =>
        ((RemoteCluster)_client.Cluster).OpenArchive()
            .ArchiveAsync(Target, options, new Compaction.JumpingClock(), enough).AsTask();

    /// <summary>Asserts that every version from the first backup to the last one can be restored.</summary>
    public async Task AssertNothingIsMissingAsync(string what)
    {
        var backups = (await Target.ListAsync()).OrderBy(static each => each.FirstVersion).ToList();
        var covered = backups[0].LastVersion;
        foreach (var backup in backups)
        {
            Assert.True(
                backup.FirstVersion <= covered, $"{what}: versions {covered} to {backup.FirstVersion} are missing");
            covered = Math.Max(covered, backup.LastVersion);
        }
        var version = _random.NextInt64(backups[0].FirstVersion, covered + 1);
        await Target.RestoreAsync("copy", new RestoreOptions { Version = version });
        var found = SmallDatabase.ReadAll(_disk, "copy", out _).Where(pair => pair.Key.StartsWith('k')).ToList();
        Assert.Equal(At(version), found);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await Network.WhenEndedAsync();
        Roles.Followers.Close();
        await _served.DisposeAsync();
    }

    private List<KeyValuePair<string, string>> At(long version)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, key, value) in _writes.Where(each => each.Version <= version))
            state[key] = value;
        return [.. state];
    }
}
