using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

// Pull the plug at every disk operation of a workload that ingests: the next open finds a prefix of the writes, each
// file whole or not at all, and never gives a version out twice.
public sealed class IngestCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashKind.PowerFailure)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    [InlineData(CrashKind.ProcessKilled)]
    internal void An_ingest_has_happened_whole_or_not_at_all(CrashKind kind)
    {
        var crashed = true;
        for (var operation = 0L; crashed; operation += 1 + (operation / 100))
        {
            var run = new IngestRun(seed: (int)operation + 1);
            try
            {
                crashed = run.PlayUntilPowerFails(operation);
                run.CheckAfter(kind);
            }
            catch (Exception)
            {
                output.WriteLine($"{kind}: {run.Disk.OperationLog}");
                throw;
            }
        }
    }

    private sealed class IngestRun(int seed)
    {
        private readonly ModelDatabase _model = new();
        private readonly ManualScheduler _scheduler = new(seed);
        private long _acknowledged;
        private int _files;

        public CrashableFileSystem Disk { get; private set; } = new(seed) { FoldersNeedSync = true };

        public bool PlayUntilPowerFails(long operation)
        {
            Disk.PowerFailsAt = operation;
            for (var round = 0; round < 2 && !Disk.PowerFailed; round++)
            {
                try
                {
                    using var engine = StorageEngine.Open("db", Options());
                    for (var step = 0; step < 3; step++)
                    {
                        Put(engine, $"key{step}", $"{round}.{step}");
                        Ingest(engine, $"{round}.{step}");
                        Put(engine, "key2", $"{round}.{step} once more");
                    }
                }
                catch (Exception) when (Disk.PowerFailed)
                {
                }
                _scheduler.DropAll();
            }
            return Disk.PowerFailed;
        }

        public void CheckAfter(CrashKind kind)
        {
            Disk = Disk.AfterRestart(kind);
            _scheduler.DropAll();
            var recovered = CheckPrefix();
            _model.RollBackTo(recovered);
            using (var engine = StorageEngine.Open("db", Options()))
            {
                Put(engine, "key1", "after the crash");
                Ingest(engine, "after the crash");
            }
            Disk = Disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced);
            _scheduler.DropAll();
            Assert.Equal(_model.LastVersion, CheckPrefix());
        }

        private long CheckPrefix()
        {
            using var engine = StorageEngine.Open("db", Options());
            Assert.InRange(engine.LastVersion, _acknowledged, _model.LastVersion);
            var found = new List<KeyValuePair<string, string>>();
            using var cursor = engine.OpenCursor();
            for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
                found.Add(new(Text(cursor.Key), Text(cursor.Value)));
            Assert.Equal(_model.Range(engine.LastVersion), found);
            return engine.LastVersion;
        }

        private void Put(StorageEngine engine, string key, string value)
        {
            var batch = new WriteBatch();
            batch.Put(Bytes(key), Bytes(value));
            _model.Apply(engine.LastVersion + 1, [ModelOperation.Put(key, value)]);
            _acknowledged = Finish(engine.WriteAsync(batch));
        }

        // Two files, of which the second deletes what the first steps have put.
        private void Ingest(StorageEngine engine, string value)
        {
            Disk.CreateDirectory("in");
            var paths = new List<string>();
            var operations = new List<ModelOperation>();
            foreach (var (first, isDelete) in (ReadOnlySpan<(int, bool)>)[(1, false), (3, true)])
            {
                paths.Add($"in/{_files++}");
                using var writer = new SortedTableWriter(paths[^1], Options());
                for (var number = first; number < first + 2; number++)
                {
                    var key = $"key{number}";
                    if (isDelete)
                        writer.Delete(Bytes(key));
                    else
                        writer.Put(Bytes(key), Bytes(value));
                    operations.Add(isDelete ? ModelOperation.Delete(key) : ModelOperation.Put(key, value));
                }
                writer.Finish();
            }
            _model.Apply(engine.LastVersion + 1, operations);
            _acknowledged = Finish(engine.IngestAsync(paths));
            Assert.Equal(_model.LastVersion, _acknowledged);
        }

        private StorageOptions Options() => new()
        {
            FileSystem = Disk,
            Scheduler = _scheduler,
            MemoryBudgetBytes = 1 << 20,
            MemTableBytes = 2048,
            L0CompactionTrigger = 2,
            WalSegmentFirstBytes = 4096,
            WalSegmentLargestBytes = 8192,
        };

        private T Finish<T>(ValueTask<T> work)
        {
            while (!work.IsCompleted)
            {
                if (!_scheduler.RunOneStep())
                    Thread.Yield();
            }
            // A compaction may have waited for the ingest and goes on now, beside this thread.
            _scheduler.FinishSteps();
            return work.GetAwaiter().GetResult();
        }
    }
}
