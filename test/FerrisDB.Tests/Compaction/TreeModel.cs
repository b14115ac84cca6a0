using System.Globalization;
using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Compaction;

/// <summary>
/// A tree of tables that exist as lists of entries in memory alone: flushes fill it, plans of the picker are carried
/// out on it, and a read goes from the newest run to the oldest as the engine's does.
/// </summary>
internal sealed class TreeModel(StorageOptions options, int seed)
{
    public const int KeyCount = 200;

    private const long EntryBytes = 1_000;

    private readonly Random _random = new(seed);
    private readonly Dictionary<long, Table> _contents = [];
    private readonly Dictionary<int, long> _expected = []; // the version of each key that exists
    private readonly List<(CompactionPlan Plan, long[] Boundaries)> _running = [];
    private readonly List<long> _snapshots = [];
    private readonly CompactionPicker _picker = new(options);
    private long _fileNumber;
    private long _version;

    public TableSet Tables { get; private set; } = new();

    public int RunningCount => _running.Count;

    public long[] Boundaries => [.. _snapshots, _version];

    /// <summary>Flushes random writes: scattered, in order, or the clearing of a range.</summary>
    public void Flush()
    {
        var table = new Table();
        var style = _random.Next(4);
        var first = _random.Next(KeyCount);
        for (var count = _random.Next(1, 12); count > 0; count--)
        {
            var key = style == 0 ? Math.Min(first++, KeyCount - 1) : _random.Next(KeyCount);
            var isTombstone = _random.Next(style == 1 ? 2 : 6) == 0;
            table.Entries.Add(new Entry(key, ++_version, isTombstone));
            if (isTombstone)
                _expected.Remove(key);
            else
                _expected[key] = _version;
        }
        if (style == 3 && _random.Next(3) == 0)
            Clear(table);
        Install(0, [table], new ManifestEdit());
    }

    public void TakeSnapshot() => _snapshots.Add(_version);

    public void ReleaseSnapshots() => _snapshots.Clear();

    /// <summary>Starts the compaction that the picker wants, if any.</summary>
    public CompactionPlan? TryStart()
    {
        var boundaries = Boundaries;
        var plan = _picker.Pick(Tables, [.. _running.Select(pair => pair.Plan)], boundaries, RangeTombstonesOf);
        if (plan is not null)
            _running.Add((plan, boundaries));
        return plan;
    }

    /// <summary>Starts the next step of a compaction that was asked for.</summary>
    public CompactionPlan? TryStart(ManualCompaction manual, out bool mustWait)
    {
        var boundaries = Boundaries;
        var running = _running.Select(pair => pair.Plan).ToList();
        var plan = _picker.PickManual(Tables, manual, running, boundaries, out mustWait);
        if (plan is not null)
            _running.Add((plan, boundaries));
        return plan;
    }

    /// <summary>Completes one of the running compactions.</summary>
    public void Finish()
    {
        var index = _random.Next(_running.Count);
        var (plan, boundaries) = _running[index];
        _running.RemoveAt(index);
        Finish(plan, boundaries);
    }

    /// <summary>The version that a read of the newest version sees, or 0.</summary>
    public long Read(int key)
    {
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            var tables = level == 0 ? Tables.Level(0).ToArray() : [Tables.Find(level, KeyOf(key))!];
            foreach (var table in tables)
            {
                if (table is null || !table.Span.Contains(KeyOf(key)))
                    continue;
                var content = _contents[table.FileNumber];
                var newest = content.Entries.Where(entry => entry.Key == key).MaxBy(entry => entry.Version);
                var hidden = content.Cleared.Where(range => range.Covers(key)).Select(range => range.Version).Max(0L);
                if (newest is not null && newest.Version >= hidden)
                    return newest.IsTombstone ? 0 : newest.Version;
                if (hidden > 0)
                    return 0;
            }
        }
        return 0;
    }

    public long Expected(int key) => _expected.GetValueOrDefault(key);

    public string Draw()
    {
        var text = new StringBuilder();
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            foreach (var table in Tables.Level(level))
                text.Append(CultureInfo.InvariantCulture,
                    $"L{level} {table} [{Text(table.Span.Begin)}..{Text(table.Span.End)})\n");
        }
        return text.ToString();
    }

    private void Clear(Table table)
    {
        var begin = _random.Next(KeyCount);
        var end = Math.Min(KeyCount, begin + _random.Next(1, 80));
        table.Cleared.Add(new Clearing(begin, end, ++_version));
        for (var key = begin; key < end; key++)
            _expected.Remove(key);
    }

    private void Finish(CompactionPlan plan, long[] boundaries)
    {
        var removed = plan.Inputs.Select(table => new TablePlace(plan.Level, table.FileNumber))
            .Concat(plan.Overlapped.Select(table => new TablePlace(plan.OutputLevel, table.FileNumber)));
        var edit = new ManifestEdit { RemovedTables = [.. removed] };
        if (plan.DropsWithoutReading)
            Install(plan.OutputLevel, [], edit);
        else if (plan.IsTrivialMove)
            Move(plan, edit);
        else
            Install(plan.OutputLevel, Merge(plan, boundaries), edit);
    }

    private void Move(CompactionPlan plan, ManifestEdit edit)
    {
        Assert.Empty(plan.Overlapped);
        var added = plan.Inputs.Select(table => new PlacedTable(plan.OutputLevel, table.Metadata));
        Replace(new ManifestEdit { RemovedTables = edit.RemovedTables, AddedTables = [.. added] });
    }

    // What no boundary can tell apart is dropped, as RetentionFilter does; tables end between keys.
    private List<Table> Merge(CompactionPlan plan, long[] boundaries)
    {
        var contents = plan.Tables.Select(table => _contents[table.FileNumber]).ToList();
        var clearings = contents.SelectMany(table => table.Cleared).ToList();
        var outputs = new List<Table> { new() };
        var kept = contents.SelectMany(table => table.Entries)
            .GroupBy(entry => (entry.Key, Stripe: Stripe(entry.Version, boundaries)))
            .Select(group => group.MaxBy(entry => entry.Version)!)
            .Where(entry => !clearings.Any(range => range.Hides(entry) && IsSameStripe(range.Version, entry.Version)))
            .Where(entry => !(plan.IsBottom && entry.IsTombstone && entry.Version <= boundaries[0]));
        bool IsSameStripe(long left, long right) => Stripe(left, boundaries) == Stripe(right, boundaries);
        foreach (var key in kept.GroupBy(entry => entry.Key).OrderBy(group => group.Key))
        {
            if (outputs[^1].Entries.Count * EntryBytes >= options.TableSizeBytes)
                outputs.Add(new Table { FirstKey = key.Key });
            outputs[^1].Entries.AddRange(key);
        }
        foreach (var (output, next) in outputs.Zip(outputs.Skip(1).Select(table => table.FirstKey).Append(KeyCount)))
        {
            output.Cleared.AddRange(clearings
                .Where(range => !(plan.IsBottom && range.Version <= boundaries[0]))
                .Select(range => range.Clip(output.FirstKey, next))
                .Where(range => range.Begin < range.End));
        }
        return [.. outputs.Where(table => table.Entries.Count + table.Cleared.Count > 0)];
    }

    private static int Stripe(long version, long[] boundaries)
    {
        var stripe = boundaries.Count(boundary => boundary < version);
        return stripe == boundaries.Length ? int.MaxValue - (int)version : stripe; // above the floor all are kept
    }

    private void Install(int level, List<Table> outputs, ManifestEdit edit)
    {
        var added = new List<PlacedTable>();
        foreach (var output in outputs)
        {
            _contents.Add(++_fileNumber, output);
            added.Add(new PlacedTable(level, output.ToMetadata(_fileNumber)));
        }
        Replace(new ManifestEdit { RemovedTables = edit.RemovedTables, AddedTables = added });
    }

    private void Replace(ManifestEdit edit)
    {
        var old = Tables;
        Tables = old.Apply(edit, metadata => new TableHandle(metadata));
        old.Release();
    }

    private RangeTombstoneSet RangeTombstonesOf(TableHandle table) => RangeTombstoneSet.Build(
        from range in _contents[table.FileNumber].Cleared
        select new RangeTombstone(KeyOf(range.Begin), KeyOf(range.End), range.Version));

    private static byte[] KeyOf(int key) => Encoding.ASCII.GetBytes(key.ToString("D4", CultureInfo.InvariantCulture));

    private static string Text(byte[] key) => Encoding.ASCII.GetString(key).TrimEnd('\0');

    private sealed record Entry(int Key, long Version, bool IsTombstone);

    private sealed record Clearing(int Begin, int End, long Version)
    {
        public bool Covers(int key) => key >= Begin && key < End;

        public bool Hides(Entry entry) => Covers(entry.Key) && Version > entry.Version;

        public Clearing Clip(int begin, int end) =>
            this with { Begin = Math.Max(Begin, begin), End = Math.Min(End, end) };
    }

    private sealed class Table
    {
        public int FirstKey { get; init; }

        public List<Entry> Entries { get; } = [];

        public List<Clearing> Cleared { get; } = [];

        public TableMetadata ToMetadata(long fileNumber)
        {
            var begins = Entries.Select(entry => KeyOf(entry.Key)).Concat(Cleared.Select(range => KeyOf(range.Begin)));
            var ends = Entries.Select(entry => (byte[])[.. KeyOf(entry.Key), 0])
                .Concat(Cleared.Select(range => KeyOf(range.End)));
            var versions = Entries.Select(entry => entry.Version).Concat(Cleared.Select(range => range.Version))
                .ToList();
            var order = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
            return new TableMetadata(
                fileNumber, (Entries.Count + Cleared.Count) * EntryBytes,
                new KeyRange(begins.Min(order)!, ends.Max(order)!),
                versions.Min(), versions.Max(), Entries.Count, Entries.Count(entry => entry.IsTombstone), Cleared.Count,
                OlderVersionCount: Entries.Count - Entries.DistinctBy(entry => entry.Key).Count());
        }
    }
}

file static class MaxExtension
{
    public static long Max(this IEnumerable<long> numbers, long atLeast) => numbers.Append(atLeast).Max();
}
