using System.Buffers.Binary;
using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>
/// Random writes to few keys that are prefixes of each other, made to a map and to a model; after each of them
/// everything that the map can be asked is compared.
/// </summary>
internal sealed class WriteMapScenario
{
    private const int ValueSizeLimit = 6;
    private const long VersionMin = 0x0101;
    private const long Version = 0x6100_0000_0000;
    private const ushort Order = 3;

    private static readonly byte[] Alphabet = [0x00, 0x61, 0x62];

    private static readonly MutationKind[] Kinds =
        [.. Enum.GetValues<MutationKind>().Where(AtomicOps.Includes)];

    // What the database may have where an operation depends on it.
    private static readonly byte[]?[] Samples = [null, [], [1], [0xff, 0x80], [1, 2, 3, 4, 5]];

    private readonly Random _random;
    private readonly bool _hasVersionstampedKeys;
    private readonly List<byte[]> _templates = [];
    private readonly List<byte[]> _universe = [];
    private readonly List<(byte[] Key, WriteState State, string Seen)> _earlier = [];
    private readonly byte[][] _hotKeys;
    private readonly WriteMap _map;
    private readonly ModelStore _database = new(ValueSizeLimit, Version, Order);
    private WriteModel _model = null!;
    private MutationKind _kind = MutationKind.Add;
    private long _approximateSize;

    public WriteMapScenario(int seed, WriteMap map, bool hasVersionstampedKeys)
    {
        _random = new Random(seed);
        _map = map;
        _hasVersionstampedKeys = hasVersionstampedKeys;
        AddKeys([], lengthMax: 3);
        AddTemplates();
        _hotKeys = _random.GetItems(_universe.ToArray(), 3);
        foreach (var key in _universe.Where(_ => _random.Next(2) == 0))
            _database.Set(key, RandomValue());
    }

    public static WriteMap NewMap() => new(ValueSizeLimit);

    /// <summary>Returns what is wrong, or null.</summary>
    public string? Run(int writes)
    {
        _map.Clear();
        _model = new WriteModel(ValueSizeLimit, VersionMin);
        for (var count = 0; count <= writes; count++)
        {
            if (FindDifference() is { } difference)
                return $"{difference}, after:{Environment.NewLine}{string.Join(Environment.NewLine, _model.Writes)}";
            WriteSomething();
        }
        return null;
    }

    private void AddKeys(byte[] prefix, int lengthMax)
    {
        _universe.Add(prefix);
        foreach (var each in prefix.Length < lengthMax ? Alphabet : [])
            AddKeys([.. prefix, each], lengthMax);
    }

    // Two templates whose keys lie apart, one that overlaps the second, and the keys that they may become.
    private void AddTemplates()
    {
        if (!_hasVersionstampedKeys)
            return;
        (byte[] Prefix, byte[] Suffix)[] parts = [([0x61], []), ([0x62, 0x61], [1]), ([0x62, 0x61], [2])];
        foreach (var (prefix, suffix) in parts)
        {
            byte[] template = [.. prefix, .. new byte[VersionstampOperand.StampSize], .. suffix, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(template.AsSpan(template.Length - 4), prefix.Length);
            _templates.Add(template);
            foreach (var version in new[] { 0, VersionMin, Version - 1, Version, Version + 1, -1 })
                _universe.Add(ModelStore.Stamp(template, version, version < 0 ? ushort.MaxValue : Order));
            _universe.Add(ModelStore.Stamp(template, VersionMin, 0));
            _universe.Add([.. ModelStore.Stamp(template, -1, ushort.MaxValue), 0]);
        }
    }

    private void WriteSomething()
    {
        var key = RandomKey();
        var addsConflict = _random.Next(4) != 0;
        switch (_random.Next(_hasVersionstampedKeys ? 12 : 10))
        {
            case 0 or 1:
                Write(new(MutationKind.Set, key, RandomValue(), addsConflict));
                break;
            case 2:
                Write(new(MutationKind.Clear, key, [], addsConflict));
                break;
            case 3 or 4:
                Write(new(MutationKind.ClearRange, key, RandomKey(), addsConflict));
                break;
            case 5:
                Write(new(MutationKind.SetVersionstampedValue, key, RandomStampedValue(), addsConflict));
                break;
            case 6 when _random.Next(2) == 0:
                AddConflict(key, RandomKey());
                break;
            case 10 or 11:
                var template = _templates[_random.Next(_templates.Count)];
                Write(new(MutationKind.SetVersionstampedKey, template, RandomValue(), addsConflict));
                break;
            default:
                _kind = _random.Next(2) == 0 ? _kind : Kinds[_random.Next(Kinds.Length)];
                Write(new(_kind, key, RandomValue(), addsConflict));
                break;
        }
    }

    private void AddConflict(byte[] begin, byte[] end)
    {
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
            (begin, end) = (end, begin);
        _map.AddWriteConflict(begin, end);
        _model.AddConflict(begin, end);
    }

    private void Write(ModelWrite write)
    {
        if (write.Kind == MutationKind.ClearRange && write.Key.AsSpan().SequenceCompareTo(write.Operand) > 0)
            write = write with { Key = write.Operand, Operand = write.Key };
        _approximateSize = _map.ApproximateSizeBytes;
        _model.Add(write);
        switch (write.Kind)
        {
            case MutationKind.Set:
                _map.Set(write.Key, write.Operand, write.AddsConflict);
                break;
            case MutationKind.Clear:
                _map.Clear(write.Key, write.AddsConflict);
                break;
            case MutationKind.ClearRange:
                _map.ClearRange(write.Key, write.Operand, write.AddsConflict);
                _approximateSize -= write.Key.AsSpan().SequenceEqual(write.Operand) ? 1 : 0;
                break;
            case MutationKind.SetVersionstampedKey:
                _map.SetVersionstampedKey(write.Key, write.Operand, VersionMin);
                break;
            case MutationKind.SetVersionstampedValue:
                _map.SetVersionstampedValue(write.Key, write.Operand, write.AddsConflict);
                break;
            default:
                _map.Atomic(write.Kind, write.Key, write.Operand, write.AddsConflict);
                break;
        }
    }

    private string? FindDifference() =>
        KeyDifference() ?? EarlierDifference() ?? SegmentDifference() ?? CommitDifference() ?? ConflictDifference()
        ?? (_model.Writes.Count > 0 && _map.ApproximateSizeBytes <= _approximateSize ? "the size did not grow" : null);

    private string? KeyDifference()
    {
        foreach (var key in _universe)
        {
            var state = _map.Find(key);
            if (state.Kind != _model.Kind(key))
                return $"{Text(key)} is {state.Kind}, not {_model.Kind(key)}";
            if (state.Kind == WriteStateKind.Unreadable)
                continue;
            var seen = Seen(state);
            var expected = string.Join(' ', Samples.Select(sample => Text(_model.Read(key, sample))));
            if (seen != expected)
                return $"{Text(key)} ({state.Kind}) is seen as {seen}, not {expected}";
            if (_random.Next(20) == 0)
                _earlier.Add((key, state, seen));
        }
        return null;
    }

    // What a read sees that began before, and asked the database meanwhile.
    private string? EarlierDifference()
    {
        if (_map.IsTransparent)
            _earlier.Clear();
        foreach (var (key, state, seen) in _earlier)
        {
            if (Seen(state) != seen)
                return $"{Text(key)} was seen as {seen} and is now {Seen(state)}";
        }
        return null;
    }

    private string Seen(WriteState state) => string.Join(' ', Samples.Select(sample => Text(state.Kind switch
    {
        WriteStateKind.Unmodified => sample,
        WriteStateKind.Absent => null,
        WriteStateKind.Value => _map.ValueOf(state).ToArray(),
        _ => _map.Evaluate(state, sample is not null, sample, out var result) ? result.ToArray() : null,
    })));

    private string? SegmentDifference()
    {
        var forward = new List<string>();
        var cursor = _map.OpenCursor();
        cursor.SeekToFirst();
        var end = Array.Empty<byte>();
        do
        {
            if (!cursor.Begin.SequenceEqual(end))
                return $"a segment begins at {Text(cursor.Begin)} behind one that ends at {Text(end)}";
            end = cursor.End.ToArray();
            if (!cursor.IsLast && cursor.Begin.SequenceCompareTo(end) >= 0)
                return $"the segment at {Text(cursor.Begin)} is empty";
            forward.Add(Segment(cursor));
        }
        while (cursor.MoveNext());

        var backward = new List<string>();
        cursor.SeekToLast();
        do
            backward.Insert(0, Segment(cursor));
        while (cursor.MovePrevious());
        return !forward.SequenceEqual(backward)
            ? $"backwards {string.Join(' ', backward)}, forwards {string.Join(' ', forward)}"
            : SeekDifference();
    }

    private string? SeekDifference()
    {
        var cursor = _map.OpenCursor();
        foreach (var key in _universe)
        {
            cursor.Seek(key);
            var contains = cursor.Begin.SequenceCompareTo(key) <= 0
                && (cursor.IsLast || cursor.End.SequenceCompareTo(key) > 0);
            if (!contains || cursor.State != _map.Find(key))
                return $"the segment {Segment(cursor)} was found for {Text(key)}, which is {_map.Find(key).Kind}";
            if (cursor.SeekBefore(key) != key.Length > 0)
                return $"there is, or is not, something in front of {Text(key)}";
            var isBefore = cursor.Begin.SequenceCompareTo(key) < 0
                && (cursor.IsLast || cursor.End.SequenceCompareTo(key) >= 0);
            if (key.Length > 0 && !isBefore)
                return $"the segment {Segment(cursor)} was found in front of {Text(key)}";
        }
        return null;
    }

    private static string Segment(WriteCursor cursor)
    {
        var end = cursor.IsLast ? "" : Text(cursor.End);
        return $"{Text(cursor.Begin)}-{end}{(cursor.IsPoint ? "!" : "")}:{cursor.State.Kind}";
    }

    private string? CommitDifference()
    {
        var expected = _database.Copy();
        _model.ApplyTo(expected);
        var found = _database.Copy();
        var mutations = new List<string>();
        var lastRange = "";
        var lastKey = "";
        for (var cursor = _map.OpenMutations(); cursor.MoveNext();)
        {
            var (key, operand) = (Text(cursor.Key), Text(cursor.Operand));
            mutations.Add($"{cursor.Kind} {key} {operand}");
            found.Apply(cursor.Kind, cursor.Key, cursor.Operand);
            if (_hasVersionstampedKeys)
                continue;
            var isRange = cursor.Kind == MutationKind.ClearRange;
            if (string.CompareOrdinal(key, isRange ? lastRange : lastKey) < 0 || (isRange && lastKey.Length > 0))
                return $"mutations are not in order: {string.Join(", ", mutations)}";
            (lastRange, lastKey) = isRange ? (operand, lastKey) : (lastRange, key);
        }
        if (_map.HasMutations != mutations.Count > 0)
            return "whether there are mutations is not what it says";
        return found.ToString() == expected.ToString()
            ? null
            : $"{string.Join(", ", mutations)} on {_database} gives {found}, not {expected}";
    }

    private string? ConflictDifference()
    {
        var ranges = new ConflictRanges();
        _map.AddConflictsTo(ranges);
        var found = new List<string>();
        foreach (var range in ranges)
            found.Add($"{Text(range.Begin)}-{Text(range.End)}");
        var expected = _model.Conflicts();
        return found.SequenceEqual(expected) && _map.HasConflicts == found.Count > 0
            ? null
            : $"conflicts {string.Join(' ', found)}, not {string.Join(' ', expected)}";
    }

    // A few keys are written again and again, so that chains of operations come up.
    private byte[] RandomKey() =>
        _random.Next(2) == 0 ? _hotKeys[_random.Next(_hotKeys.Length)] : _universe[_random.Next(_universe.Count)];

    private byte[] RandomValue()
    {
        var value = new byte[_random.Next(4)];
        foreach (ref var each in value.AsSpan())
            each = (byte)(_random.Next(3) == 0 ? 0xff : _random.Next(3));
        return value;
    }

    private byte[] RandomStampedValue()
    {
        var offset = _random.Next(2);
        return [.. new byte[offset + VersionstampOperand.StampSize], (byte)offset, 0, 0, 0];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static string Text(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexStringLower(bytes);
}
