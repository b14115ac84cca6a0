using System.Collections.Concurrent;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

/// <summary>
/// Threads and tasks commit batches of all durabilities at once; afterwards the log must hold each of them once, in the
/// order of the versions, and nothing may have been shown before its time.
/// </summary>
internal sealed class GroupCommitStress(int seed, int writers, int commitsPerWriter)
{
    private readonly ConcurrentDictionary<long, string> _committed = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly RecordingTarget _target = new();

    /// <summary>Runs it; returns what went wrong, nothing if all is well.</summary>
    public async Task<List<string>> RunAsync(Durability durability)
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(WalFolder.Directory);
        var options = new StorageOptions
        {
            Durability = durability,
            WalSegmentFirstBytes = 4096,
            WalSegmentLargestBytes = 65536,
        };
        using var scheduler = new ThreadScheduler();
        var wal = new WalWriter(disk, WalFolder.Directory, options, scheduler, WalEnd.Empty(lastVersion: 0));
        var commits = new GroupCommit(wal, _target);
        using var start = new Barrier(writers);
        var tasks = Enumerable.Range(0, writers)
            .Select(writer => Task.Factory.StartNew(
                () => WriteAsync(writer, commits, wal, start),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap());
        await Task.WhenAll(tasks);
        await commits.CloseAsync();
        await wal.CloseAsync();
        await CheckLogAsync(new WalFolder(disk));
        return [.. _faults, .. _target.Faults];
    }

    private async Task WriteAsync(int writer, GroupCommit commits, WalWriter wal, Barrier start)
    {
        var random = new Random(seed + writer);
        var batch = new WriteBatch();
        var last = 0L;
        start.SignalAndWait();
        for (var number = 0; number < commitsPerWriter; number++)
        {
            var key = $"{writer}.{number}";
            batch.Clear();
            batch.Put(System.Text.Encoding.UTF8.GetBytes(key), new byte[random.Next(200)]);
            var durability = (Durability)random.Next(3);
            // Half of the writers block, half await, and so they lead and follow each other in every way.
            var version = writer % 2 == 0
                ? commits.Commit(batch, durability)
                : await commits.CommitAsync(batch, durability);
            if (version <= last)
                _faults.Enqueue($"writer {writer} got {version} after {last}");
            if (_target.Published < version)
                _faults.Enqueue($"{version} was answered and not published");
            if (!_committed.TryAdd(version, key))
                _faults.Enqueue($"{version} was given twice");
            if (durability == Durability.Process && wal.FlushedPosition == 0)
                _faults.Enqueue($"{version} was answered and not written");
            last = version;
        }
    }

    private async Task CheckLogAsync(WalFolder folder)
    {
        using var recovery = new WalRecovery(folder.Files, WalFolder.Directory, durableVersion: 0, isReadOnly: false);
        var expected = 0L;
        while (recovery.TryNext(out var version, out var payload))
        {
            var reader = new BatchReader(payload);
            var key = reader.TryNext(out var entry) ? System.Text.Encoding.UTF8.GetString(entry.Key) : "nothing";
            if (version != ++expected || !_committed.TryGetValue(version, out var committed) || committed != key)
                _faults.Enqueue($"the log has {key} at {version}, number {expected}");
        }
        await recovery.FinishAsync();
        if (expected != writers * commitsPerWriter)
            _faults.Enqueue($"the log has {expected} commits of {writers * commitsPerWriter}");
    }
}
