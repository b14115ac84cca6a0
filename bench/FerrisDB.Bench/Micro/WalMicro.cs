using System.Diagnostics;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>What a commit of one put of 100 bytes costs up to the MemTable: batch, group commit and log.</summary>
internal static class WalMicro
{
    private const int ValueBytes = 100;

    public static void Run(string folder, TextWriter output)
    {
        output.WriteLine("durability  threads     ns/commit  commits/s  bytes allocated/commit");
        Measure(folder, Durability.None, threads: 1, commits: 3_000_000, output);
        Measure(folder, Durability.Process, threads: 1, commits: 3_000_000, output);
        Measure(folder, Durability.Process, threads: 2, commits: 1_000_000, output);
        Measure(folder, Durability.Sync, threads: 1, commits: 3_000, output);
        Measure(folder, Durability.Sync, threads: 8, commits: 20_000, output);
    }

    private static void Measure(string folder, Durability durability, int threads, int commits, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        using var scheduler = new ThreadScheduler();
        var disk = new DiskFileSystem();
        var options = new StorageOptions { Durability = durability };
        var wal = new WalWriter(disk, folder, options, scheduler, WalEnd.Empty(lastVersion: 0));
        var group = new GroupCommit(wal, new Discard(wal));
        // Segments reach their full size, and the code its last tier.
        Commit(group, durability, durability == Durability.Sync ? 500 : 1_500_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        var workers = Enumerable.Range(1, threads - 1)
            .Select(_ => new Thread(() => Commit(group, durability, commits / threads))).ToArray();
        foreach (var worker in workers)
            worker.Start();
        Commit(group, durability, commits / threads);
        foreach (var worker in workers)
            worker.Join();
        var elapsed = clock.Elapsed;
        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)commits;
        output.WriteLine(
            $"{durability,-10}  {threads,7}  {elapsed.TotalNanoseconds / commits,12:f0}  " +
            $"{commits / elapsed.TotalSeconds,9:f0}  {allocated,22:f2}");
        group.CloseAsync().AsTask().Wait();
        wal.CloseAsync().AsTask().Wait();
        Directory.Delete(folder, recursive: true);
    }

    private static void Commit(GroupCommit group, Durability durability, int count)
    {
        var batch = new WriteBatch();
        var key = new byte[16];
        var value = new byte[ValueBytes];
        for (var number = 0; number < count; number++)
        {
            BitConverter.TryWriteBytes(key, number);
            batch.Clear();
            batch.Put(key, value);
            group.Commit(batch, durability);
        }
    }

    /// <summary>Keeps nothing, and lets the log use its segments again after some time, as a flush would.</summary>
    private sealed class Discard(WalWriter wal) : ICommitTarget
    {
        private const int VersionsKept = 400_000;

        public ValueTask PrepareAsync(int entries, long bytes) => default;

        public void Apply(long version, ReadOnlySpan<byte> payload, int entries)
        {
        }

        public void Publish(long version)
        {
            if (version % (VersionsKept / 4) == 0)
                wal.Release(version - VersionsKept);
        }

        public void Fail(Exception failure) => throw failure;
    }
}
