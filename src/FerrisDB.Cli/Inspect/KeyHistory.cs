namespace FerrisDB.Cli;

/// <summary>
/// Goes through every place where a key may live, newest first, as a read does; but where a read stops at the first
/// answer, this goes on and writes down everything.
/// </summary>
internal sealed class KeyHistory
{
    private const int TextBytesMax = 48;

    private readonly TableCache _tables;
    private readonly BlobSet _blobs;
    private readonly byte[] _key;
    private readonly ulong _hash;
    private readonly long _version;
    private readonly List<KeyStepJson> _steps = [];
    private readonly List<KeyPlaceJson> _places = [];
    private int _blocksRead;
    private bool _isDecided;
    private bool _isFound;

    private KeyHistory(TableCache tables, BlobSet blobs, byte[] key, long version)
    {
        _tables = tables;
        _blobs = blobs;
        _key = key;
        _hash = KeyHash.Of(key);
        _version = version;
    }

    /// <summary>Looks a key up as of now.</summary>
    public static KeyHistoryJson Of(StorageEngine engine, byte[] key)
    {
        var view = engine.Tree.AcquireView(out var version);
        try
        {
            var history = new KeyHistory(engine.Tree.TableCache, view.Tables.Blobs, key, version);
            history.LookThrough(view);
            return history.Result();
        }
        finally
        {
            view.Release();
        }
    }

    private void LookThrough(ReadView view)
    {
        LookInto(view.Active, $"active MemTable {view.Active.Number}");
        foreach (var memTable in view.Sealed)
            LookInto(memTable, $"sealed MemTable {memTable.Number}");
        foreach (var table in view.Tables.Level(0))
            LookInto(table, 0);
        for (var level = 1; level < TableSet.LevelCount; level++)
        {
            if (view.Tables.Find(level, _key) is { } table)
                LookInto(table, level);
            else if (view.Tables.Level(level).Length > 0)
                Step($"L{level}", "no table of this level spans the key");
        }
    }

    private void LookInto(MemTable memTable, string place)
    {
        var hiddenBelow = memTable.RangeTombstones.NewestCovering(_key, _version);
        using (Epochs.Enter())
        {
            var hasEntry = memTable.TryGet(_key, _version, out var tag, out _);
            Step(place, Decide(hasEntry, tag, hiddenBelow) ?? "no entry");
        }
        using var cursor = memTable.OpenCursor();
        Collect(place, cursor, memTable.RangeTombstones);
    }

    private void LookInto(TableHandle table, int level)
    {
        var place = $"L{level} {FileNames.Table(table.FileNumber)}";
        if (!table.Span.Contains(_key))
        {
            Step(place, "the key is outside its span");
            return;
        }
        using var epoch = Epochs.Enter();
        var reader = _tables.Get(table);
        Step(place, FindIn(reader));
        using var cursor = reader.OpenCursor();
        Collect(place, cursor, reader.RangeTombstones);
    }

    private string FindIn(SSTableReader reader)
    {
        var hiddenBelow = reader.RangeTombstones.NewestCovering(_key, _version);
        if (reader.BlockCount == 0 || !reader.MayContain(_hash))
        {
            var without = reader.BlockCount == 0 ? "holds range tombstones alone" : "its filter rules the key out";
            return Decide(hasEntry: false, default, hiddenBelow) ?? without;
        }
        var block = reader.FindBlock(_key, EntryTag.SeekTo(_version));
        var handle = reader.HandleOf(block);
        var reading =
            $"reads block {block} of {reader.BlockCount} ({Amounts.Bytes(handle.SizeBytes)} at offset {handle.Offset})";
        if (!_isDecided)
            _blocksRead++;
        var hasEntry = reader.TryGet(_key, _hash, _version, out var tag, out _);
        return $"{reading}: {Decide(hasEntry, tag, hiddenBelow) ?? "no entry, the filter was wrong"}";
    }

    // What the place says of the key; null if nothing. The first to say something decides a read.
    private string? Decide(bool hasEntry, EntryTag tag, long hiddenBelow)
    {
        var isEntry = hasEntry && tag.Version >= hiddenBelow;
        if (!isEntry && hiddenBelow == 0)
            return null;
        if (!_isDecided)
            _isFound = isEntry && tag.Kind != EntryKind.Tombstone;
        var finding = !isEntry ? $"a range tombstone of version {hiddenBelow} covers the key"
            : tag.Kind == EntryKind.Value ? $"the value of version {tag.Version}"
            : tag.Kind == EntryKind.BlobReference ? $"where the value of version {tag.Version} lies"
            : $"a tombstone of version {tag.Version}";
        return _isDecided ? finding : $"{finding} — the answer";
    }

    private void Step(string place, string finding)
    {
        if (!_isDecided)
            _steps.Add(new KeyStepJson(place, finding));
        _isDecided |= finding.EndsWith("the answer", StringComparison.Ordinal);
    }

    private void Collect(string place, ICursor cursor, RangeTombstoneSet rangeTombstones)
    {
        var found = new List<KeyPlaceJson>();
        for (var isValid = cursor.Seek(_key, EntryTag.First); isValid && cursor.Key.SequenceEqual(_key);
             isValid = cursor.Next())
        {
            found.Add(cursor.Tag.Kind == EntryKind.BlobReference ? LargeValue(place, cursor) : Entry(place, cursor));
        }
        if (rangeTombstones.TryFind(_key, out var fragment))
        {
            var range = $"{EscapedText.Format(fragment.Begin)} … {EscapedText.Format(fragment.End)}";
            found.AddRange(fragment.Versions.Select(version =>
                new KeyPlaceJson(place, version, "range tombstone", null, range, IsVisible: false)));
        }
        _places.AddRange(found.OrderByDescending(each => each.Version));
    }

    private static KeyPlaceJson Entry(string place, ICursor cursor)
    {
        var isValue = cursor.Tag.Kind == EntryKind.Value;
        return new KeyPlaceJson(
            place, cursor.Tag.Version, isValue ? "value" : "tombstone", isValue ? cursor.Value.Length : null,
            isValue ? Short(cursor.Value) : null, IsVisible: false);
    }

    private KeyPlaceJson LargeValue(string place, ICursor cursor)
    {
        var reference = _tables.Blobs.ReferenceOf(_key, cursor.Value);
        using var epoch = Epochs.Enter();
        var value = _tables.Blobs.Fetch(_blobs, _key, cursor.Tag.Version, cursor.Value);
        var file = FileNames.Blob(reference.FileNumber);
        return new KeyPlaceJson(
            $"{place} -> {file}", cursor.Tag.Version, "value", value.Length, Short(value), IsVisible: false);
    }

    private KeyHistoryJson Result()
    {
        var visible = _isFound ? _places.FindIndex(place => place.Version <= _version) : -1;
        if (visible >= 0)
            _places[visible] = _places[visible] with { IsVisible = true };
        var (text, base64) = JsonBytes.Of(_key);
        return new KeyHistoryJson(text, base64, _version, _isFound, _blocksRead, _steps, _places);
    }

    private static string Short(ReadOnlySpan<byte> value) =>
        value.Length <= TextBytesMax ? EscapedText.Format(value) : EscapedText.Format(value[..TextBytesMax]) + "…";
}
