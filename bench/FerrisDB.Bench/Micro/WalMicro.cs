using System.Buffers.Binary;
using System.Diagnostics;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>What a commit of one put of 100 bytes costs up to the MemTable: batch, group commit and log.</summary>
internal static class WalMicro
{
    // About as often as the system takes a thread away from its processor.
    private const int CommitsBetweenYields = 64;

    private static readonly byte[] Value = new byte[100];

    private static readonly (Durability Durability, int Callers, bool Await, int Commits)[] Commits =
    [
        (Durability.None, 1, false, 3_000_000),
        (Durability.Process, 1, false, 3_000_000),
        (Durability.Process, 2, false, 1_000_000),
        (Durability.Process, 8, false, 1_000_000),
        (Durability.Process, 64, false, 1_000_000),
        (Durability.Process, 64, true, 1_000_000),
        (Durability.Sync, 1, false, 3_000),
        (Durability.Sync, 8, false, 40_000),
        (Durability.Sync, 64, false, 200_000),
        (Durability.Sync, 64, true, 200_000),
    ];

    /// <summary>Measures what has <paramref name="only"/> in its name.</summary>
    public static void Run(string folder, string only, TextWriter output)
    {
        output.WriteLine("what           callers     ns/commit  cpu ns/commit  commits/s  bytes allocated/commit");
        if (IsWanted("batch"))
            Measure("batch", callers: 1, commits: 5_000_000, FillBatch, output);
        if (IsWanted("log"))
            MeasureLog(folder, output);
        foreach (var row in Commits.Where(row => IsWanted(NameOf(row.Durability, row.Await))))
            MeasureCommits(folder, row.Durability, row.Callers, row.Await, row.Commits, output);

        bool IsWanted(string what) => what.Contains(only, StringComparison.OrdinalIgnoreCase);
    }

    private static void MeasureLog(string folder, TextWriter output)
    {
        var payload = BatchOf(1, new WriteBatch()).Canonicalize().ToArray();
        using var log = new Log(folder, Durability.Process);
        Measure("log", callers: 1, commits: 3_000_000, Append, output);

        void Append(int count)
        {
            for (var number = 0; number < count; number++)
            {
                if (!log.Wal.HasRoomFor(payload.Length))
                    log.Wal.MakeRoomAsync(payload.Length).AsTask().Wait();
                log.Wal.Append(log.Wal.LastVersion + 1, payload);
                log.ReleaseSometimes(log.Wal.LastVersion);
            }
        }
    }

    private static string NameOf(Durability durability, bool awaits) => durability + (awaits ? " await" : "");

    private static void MeasureCommits(
        string folder, Durability durability, int callers, bool awaits, int commits, TextWriter output)
    {
        using var log = new Log(folder, durability);
        var group = new GroupCommit(log.Wal, new Discard(log));
        // Segments reach their full size.
        if (durability != Durability.Sync)
            Commit(1_500_000);
        var syncs = Measure(
            NameOf(durability, awaits), callers, commits, awaits ? CommitAndWait : Commit, output, awaits,
            () => log.Wal.SyncCount);
        if (durability == Durability.Sync)
            output.WriteLine($"               {commits / (double)syncs:f1} commits per sync");
        group.CloseAsync().AsTask().Wait();

        void Commit(int count)
        {
            var batch = new WriteBatch();
            for (var number = 0; number < count; number++)
                group.Commit(BatchOf(number, batch), durability);
        }

        void CommitAndWait(int count) => CommitAsync(count).Wait();

        async Task CommitAsync(int count)
        {
            var tasks = Enumerable.Range(0, callers).Select(async _ =>
            {
                await Task.Yield();
                var batch = new WriteBatch();
                for (var number = 1; number <= count / callers; number++)
                {
                    await group.CommitAsync(BatchOf(number, batch), durability);
                    if (number % CommitsBetweenYields == 0)
                        await Task.Yield();
                }
            });
            await Task.WhenAll(tasks);
        }
    }

    /// <summary>Returns by how much a counter grew.</summary>
    private static long Measure(
        string what, int callers, int commits, Action<int> commit, TextWriter output, bool awaits = false,
        Func<long>? counter = null)
    {
        // The code reaches its last tier.
        commit(Math.Min(commits / 10, 100_000));
        var threads = awaits ? 1 : callers;
        var countedBefore = counter?.Invoke() ?? 0;
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var processorBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var workers = Enumerable.Range(1, threads - 1)
            .Select(_ => new Thread(() => commit(commits / threads))).ToArray();
        foreach (var worker in workers)
            worker.Start();
        commit(commits / threads);
        foreach (var worker in workers)
            worker.Join();
        var elapsed = clock.Elapsed;
        var processor = Environment.CpuUsage.TotalTime - processorBefore;
        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore) / (double)commits;
        output.WriteLine(
            $"{what,-13}  {callers,7}  {elapsed.TotalNanoseconds / commits,12:f0}  " +
            $"{processor.TotalNanoseconds / commits,13:f0}  {commits / elapsed.TotalSeconds,9:f0}  {allocated,22:f2}");
        return (counter?.Invoke() ?? 0) - countedBefore;
    }

    private static void FillBatch(int count)
    {
        var batch = new WriteBatch();
        var bytes = 0L;
        for (var number = 0; number < count; number++)
            bytes += BatchOf(number, batch).Canonicalize().Length;
        if (bytes < count)
            throw new InvalidOperationException("A batch is empty.");
    }

    private static WriteBatch BatchOf(int number, WriteBatch batch)
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(key, number);
        batch.Clear();
        batch.Put(key, Value);
        return batch;
    }

    /// <summary>A log on the disk that lets go of its segments after some time, as if flushes were under way.</summary>
    private sealed class Log : IDisposable
    {
        private const int VersionsKept = 400_000;

        private readonly ThreadScheduler _scheduler = new();
        private readonly string _folder;

        public Log(string folder, Durability durability)
        {
            _folder = folder;
            Directory.CreateDirectory(folder);
            var options = new StorageOptions { Durability = durability };
            Wal = new WalWriter(new DiskFileSystem(), folder, options, _scheduler, WalEnd.Empty(lastVersion: 0));
        }

        public WalWriter Wal { get; }

        public void ReleaseSometimes(long version)
        {
            if (version % (VersionsKept / 4) == 0)
                Wal.Release(version - VersionsKept);
        }

        public void Dispose()
        {
            Wal.CloseAsync().AsTask().Wait();
            _scheduler.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Keeps nothing.</summary>
    private sealed class Discard(Log log) : ICommitTarget
    {
        public ValueTask PrepareAsync(int entries, long bytes) => default;

        public void Apply(long version, ReadOnlySpan<byte> payload, int entries)
        {
        }

        public void Publish(long version) => log.ReleaseSometimes(version);

        public void Fail(Exception failure) => throw failure;
    }
}
