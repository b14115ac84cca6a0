using ZoneTree;
using ZoneTree.Logger;
using ZoneTree.Options;

namespace FerrisDB.Bench.Peers;

/// <summary>ZoneTree with its own maintainer and the log mode that keeps what the run promises.</summary>
internal sealed class ZoneTreeEngine : IBenchedEngine
{
    private readonly IZoneTree<Memory<byte>, Memory<byte>> _tree;
    private readonly IMaintainer _maintainer;
    private readonly bool _synced;

    private ZoneTreeEngine(string folder, EngineSettings settings)
    {
        _synced = settings.Durability == BenchDurability.Sync;
        _tree = new ZoneTreeFactory<Memory<byte>, Memory<byte>>()
            .SetLogLevel(LogLevel.Error)
            .SetDataDirectory(Path.Combine(folder, "data"))
            .SetWriteAheadLogDirectory(Path.Combine(folder, "wal"))
            .ConfigureWriteAheadLogOptions(options => options.WriteAheadLogMode = LogModeOf(settings.Durability))
            .OpenOrCreate();
        _maintainer = _tree.CreateMaintainer();
        _maintainer.EnableJobForCleaningInactiveCaches = true;
    }

    public static EngineDescription Description { get; } =
        new("zonetree", (folder, settings) => new ZoneTreeEngine(folder, settings))
        {
            Version = () => typeof(IZoneTree<,>).Assembly.GetName().Version?.ToString(3) ?? "",
            Runs = workload => workload is not TransactionWorkload,
            Notes = "its defaults (a million entries in the mutable segment, Zstd, blocks cached by age: it has no "
                + "byte budget); batches are single upserts, not atomic; process: WAL SyncCompressed, which outlives "
                + "a kill; sync: Shared and an awaited sync per write; none: no WAL; no snapshots outside transactions",
        };

    public IEngineSession NewSession() => new Session(_tree, _synced);

    public void Settle()
    {
        _maintainer.EvictToDisk();
        _maintainer.WaitForBackgroundThreads();
    }

    public bool IsLog(string relativePath) => relativePath.StartsWith("wal", StringComparison.Ordinal);

    public void Dispose()
    {
        _maintainer.WaitForBackgroundThreads();
        _maintainer.Dispose();
        _tree.Dispose();
    }

    private static WriteAheadLogMode LogModeOf(BenchDurability durability) => durability switch
    {
        BenchDurability.Sync => WriteAheadLogMode.Shared,
        BenchDurability.Process => WriteAheadLogMode.SyncCompressed,
        _ => WriteAheadLogMode.None,
    };

    private sealed class Session(IZoneTree<Memory<byte>, Memory<byte>> tree, bool synced) : IEngineSession
    {
        // Only looked up, never kept by the tree.
        private byte[] _sought = [];
        private IZoneTreeIterator<Memory<byte>, Memory<byte>>? _forwards;
        private IZoneTreeIterator<Memory<byte>, Memory<byte>>? _backwards;

        public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Upsert(key, value);
            Sync();
        }

        public void Delete(ReadOnlySpan<byte> key)
        {
            Memory<byte> owned = key.ToArray();
            tree.ForceDelete(owned);
            Sync();
        }

        public void Write(EntryBatch batch)
        {
            for (var index = 0; index < batch.Count; index++)
                Upsert(batch.Key(index), batch.Value(index));
            Sync();
        }

        public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
        {
            if (!tree.TryGet(Borrowed(key), out var value))
                return -1;
            value.Span.CopyTo(buffer);
            return value.Length;
        }

        public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
        {
            var iterator = backwards
                ? _backwards ??= tree.CreateReverseIterator()
                : _forwards ??= tree.CreateIterator();
            if (from.IsEmpty)
                iterator.SeekFirst();
            else
                iterator.Seek(Borrowed(from));
            while (iterator.Next() && sink.Take(iterator.CurrentKey.Span, iterator.CurrentValue.Span))
            {
            }
        }

        public IEngineSession? NewSnapshot() => null;

        public void Dispose()
        {
            _forwards?.Dispose();
            _backwards?.Dispose();
        }

        // The tree keeps what it is given: one array for both halves.
        private void Upsert(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            var owned = new byte[key.Length + value.Length];
            key.CopyTo(owned);
            value.CopyTo(owned.AsSpan(key.Length));
            tree.Upsert(owned.AsMemory(0, key.Length), owned.AsMemory(key.Length));
        }

        private void Sync()
        {
            if (synced)
                tree.SyncWALAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        private Memory<byte> Borrowed(ReadOnlySpan<byte> key)
        {
            if (_sought.Length != key.Length)
                _sought = new byte[key.Length];
            key.CopyTo(_sought);
            return _sought;
        }
    }
}
