using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Bench;

/// <summary>
/// A sorted set behind one lock, written to a file when it is closed: slow and obviously right. It shows that a failing
/// workload is the engine's fault and not the benchmark's.
/// </summary>
internal sealed class ReferenceEngine : IBenchedEngine
{
    private readonly string _path;
    private readonly ReferenceBug _bug;
    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries;
    private readonly byte[] _excess = [];

    private ReferenceEngine(string folder, ReferenceBug bug)
    {
        _bug = bug;
        _path = Path.Combine(folder, "entries");
        _entries = new SortedSet<Entry>(KeyOrder.Instance);
        if (File.Exists(_path))
            Load();
        if (bug == ReferenceBug.ExceedsItsBudget)
        {
            _excess = new byte[(int)(2 * Verdict.MemoryAllowanceBytes)];
            Array.Fill(_excess, (byte)1);
        }
    }

    public static EngineDescription Description { get; } = WithBug(ReferenceBug.None);

    /// <summary>The reference, made wrong on purpose.</summary>
    public static EngineDescription WithBug(ReferenceBug bug) =>
        new("reference", (folder, _) => new ReferenceEngine(folder, bug))
        {
            Notes = "a sorted set in memory behind one lock; no log; there to check the benchmark itself",
            OutlivesKill = false,
            MeasuredByDefault = false,
        };

    public IEngineSession NewSession() => new Session(_entries, _lock, _bug);

    public TimeSpan? LongestDelay => _bug == ReferenceBug.HoldsWritesUp ? 2 * Verdict.LongestDelay : TimeSpan.Zero;

    public double? SpaceAmplification =>
        _bug == ReferenceBug.WastesSpace ? 2 * SoakVerdict.SpaceAmplificationMax : 1;

    public long? MemoryBudgetBytes => _bug == ReferenceBug.ExceedsItsBudget ? _excess.Length / 4 : null;

    public void Settle() => Save();

    public bool IsLog(string relativePath) => false;

    public void Dispose() => Save();

    private void Save()
    {
        using var writer = new BinaryWriter(File.Create(_path));
        lock (_lock)
        {
            writer.Write(_entries.Count);
            foreach (var entry in _entries)
            {
                writer.Write(entry.Key.Length);
                writer.Write(entry.Key);
                writer.Write(entry.Value.Length);
                writer.Write(entry.Value);
            }
        }
    }

    private void Load()
    {
        using var reader = new BinaryReader(File.OpenRead(_path));
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = reader.ReadBytes(reader.ReadInt32());
            _entries.Add(new Entry(key, reader.ReadBytes(reader.ReadInt32())));
        }
    }

    private sealed class Entry(byte[] key, byte[] value)
    {
        public byte[] Key { get; } = key;

        public byte[] Value { get; set; } = value;
    }

    private sealed class KeyOrder : IComparer<Entry>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(Entry? left, Entry? right) =>
            Math.Sign(left!.Key.AsSpan().SequenceCompareTo(right!.Key));
    }

    private sealed class Session(SortedSet<Entry> entries, Lock gate, ReferenceBug bug)
        : IEngineSession, ITransactionSession
    {
        private const int CallsPerBug = 50;

        private readonly byte[] _found = new byte[1 << 16];
        private int _calls;

        public ITransactionSession Transactions => this;

        // One after the other.
        public ValueTask RunAsync(TransactionPlan plan)
        {
            lock (gate)
            {
                plan.BeginAttempt();
                for (var read = 0; read < plan.ReadCount; read++)
                {
                    var length = Get(plan.ReadKey(read), _found);
                    plan.Take(read, length >= 0, _found.AsSpan(0, Math.Max(0, length)));
                }
                if (plan.WriteCount == 0 || Strikes(ReferenceBug.LosesTransactions))
                    return ValueTask.CompletedTask;
                plan.MakeWrites();
                for (var write = 0; write < plan.WriteCount; write++)
                    PutLocked(plan.WriteKey(write), plan.WriteValue(write));
            }
            return ValueTask.CompletedTask;
        }

        public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            lock (gate)
                PutLocked(key, value);
        }

        public void Delete(ReadOnlySpan<byte> key)
        {
            if (Strikes(ReferenceBug.KeepsDeleted))
                return;
            lock (gate)
                entries.Remove(Probe(key));
        }

        public void Write(EntryBatch batch)
        {
            lock (gate)
            {
                for (var index = 0; index < batch.Count; index++)
                    PutLocked(batch.Key(index), batch.Value(index));
            }
        }

        public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
        {
            lock (gate)
            {
                if (!entries.TryGetValue(Probe(key), out var entry))
                    return -1;
                entry.Value.CopyTo(buffer);
                if (Strikes(ReferenceBug.AnswersWithAnotherValue))
                    buffer[0] ^= 1;
                return entry.Value.Length;
            }
        }

        public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
        {
            lock (gate)
            {
                foreach (var entry in Range(from, backwards))
                {
                    if (!Strikes(ReferenceBug.SkipsInScans) && !sink.Take(entry.Key, entry.Value))
                        return;
                }
            }
        }

        public IEngineSession NewSnapshot()
        {
            if (bug == ReferenceBug.SnapshotsSeeLaterWrites)
                return new Session(entries, gate, bug);
            lock (gate)
                return new Session(new SortedSet<Entry>(entries.Select(Copy), KeyOrder.Instance), new Lock(), bug);
        }

        public void Dispose()
        {
        }

        private static Entry Copy(Entry entry) => new(entry.Key, entry.Value);

        private static Entry Probe(ReadOnlySpan<byte> key) => new(key.ToArray(), []);

        // Bugs strike now and then, not always: that is how they hide.
        private bool Strikes(ReferenceBug candidate) => bug == candidate && ++_calls % CallsPerBug == 0;

        private void PutLocked(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (Strikes(ReferenceBug.LosesPuts))
                return;
            var entry = new Entry(key.ToArray(), value.ToArray());
            if (entries.TryGetValue(entry, out var present))
                present.Value = entry.Value;
            else
                entries.Add(entry);
        }

        [SuppressMessage("Performance", "CA1859", Justification = "A view and its reverse have no type in common.")]
        private IEnumerable<Entry> Range(ReadOnlySpan<byte> from, bool backwards)
        {
            if (from.IsEmpty)
                return backwards ? entries.Reverse() : entries;
            var probe = Probe(from);
            var (first, last) = (entries.Min, entries.Max);
            if (first is null || last is null)
                return [];
            if (KeyOrder.Instance.Compare(probe, backwards ? first : last) == (backwards ? -1 : 1))
                return [];
            return backwards
                ? entries.GetViewBetween(first, probe).Reverse()
                : entries.GetViewBetween(probe, last);
        }
    }
}
