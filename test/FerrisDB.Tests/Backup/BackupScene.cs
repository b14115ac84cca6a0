using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;

namespace FerrisDB.Tests.Backup;

/// <summary>A small database, a place for its backups on the same disk, and what each backup must restore.</summary>
internal sealed class BackupScene(IFileSystem disk, int seed, BackupKey? key = null, bool linksFiles = false)
{
    public const string Place = "backups";

    public IFileSystem Disk => disk;

    public SmallDatabase Database { get; } = new(disk, seed);

    /// <summary>What was written, as it was at each version.</summary>
    public ModelDatabase Model => Database.Model;

    public BackupTarget Target { get; } =
        new(new FolderBackupStore(disk, Place) { LinksFiles = linksFiles }, disk, key);

    public static BackupKey KeyOf(int seed)
    {
        var bytes = new byte[BackupKey.SizeBytes];
        new Random(seed).NextBytes(bytes);
        return new BackupKey(bytes);
    }

    /// <summary>All that the test's disk answers is there at once.</summary>
    public static T Done<T>(ValueTask<T> work)
    {
        Assert.True(work.IsCompleted);
        return work.GetAwaiter().GetResult();
    }

    public StorageEngine Open() => StorageEngine.Open(SmallDatabase.Folder, Database.Options);

    public BackupResult Backup(StorageEngine engine, BackupOptions? options = null) =>
        SmallDatabase.Finish(engine.BackupAsync(Target, options), Database.Scheduler);

    /// <summary>Opens, writes so many batches, makes a backup, and closes.</summary>
    public BackupResult WriteAndBackUp(int batches)
    {
        using var engine = Open();
        Database.Write(engine, batches);
        return Backup(engine);
    }

    /// <summary>Restores to a folder and compares every key with what the model has at the version.</summary>
    public RestoreResult AssertRestores(string folder, RestoreOptions options, ModelDatabase? model = null)
    {
        var result = Done(Target.RestoreAsync(folder, options));
        var version = options.Version ?? result.Backup.LastVersion;
        Assert.Equal((model ?? Model).Range(version), SmallDatabase.ReadAll(disk, folder, out var lastVersion));
        Assert.Equal(result.LastVersion, lastVersion);
        Assert.InRange(lastVersion, 0, version);
        Assert.DoesNotContain(
            StorageEngine.Verify(folder, SmallDatabase.OptionsOn(disk)).Findings, finding => finding.IsDamage);
        return result;
    }

    /// <summary>The paths of all files of the backups, but for the lock.</summary>
    public List<string> StoredFiles() =>
    [
        .. new[] { "", BackupLayout.Backups, BackupLayout.Objects }
            .Select(folder => folder.Length == 0 ? Place : $"{Place}/{folder}")
            .SelectMany(folder => disk.List(folder).Select(name => $"{folder}/{name}"))
            .Where(path => !path.EndsWith("/LOCK", StringComparison.Ordinal)),
    ];

    /// <summary>Inverts some bits of a byte; twice is not at all.</summary>
    public void Flip(string path, long offset, byte bits)
    {
        using var file = disk.Open(path, FileAccess.ReadWrite);
        Span<byte> value = stackalloc byte[1];
        file.Read(offset, value);
        value[0] ^= bits;
        file.Write(offset, value);
    }
}
