using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace FerrisDB.Storage;

/// <summary>
/// Reads the fields of one edit, checking every length and every number: a file that was damaged and whose checksum was
/// fixed up may be refused, but must not do harm.
/// </summary>
internal ref struct ManifestEditDecoder(ReadOnlySpan<byte> payload, string path, long offset)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private readonly List<string> _marks = [];
    private readonly List<TablePlace> _removed = [];
    private readonly List<PlacedTable> _added = [];
    private int _position;
    private ManifestField _last;
    private long? _nextFileNumber;
    private long? _durableVersion;
    private long? _lastVersion;
    private long? _floor;
    private SizeLimits? _limits;
    private string? _createdBy;

    public ManifestEdit Decode()
    {
        while (_position < _payload.Length)
            ReadField();
        return new ManifestEdit
        {
            NextFileNumber = _nextFileNumber,
            DurableVersion = _durableVersion,
            LastVersion = _lastVersion,
            Floor = _floor,
            Limits = _limits,
            CreatedBy = _createdBy,
            Marks = _marks,
            RemovedTables = _removed,
            AddedTables = _added,
        };
    }

    private void ReadField()
    {
        var start = _position;
        var field = (ManifestField)Take(1, "a field")[0];
        if (field < _last || (field == _last && field < ManifestField.Mark))
            throw Corrupt(start, $"fields in ascending order behind {_last}", $"{field}");
        _last = field;
        switch (field)
        {
            case ManifestField.NextFileNumber:
                _nextFileNumber = Number(1, long.MaxValue, "a file number");
                break;
            case ManifestField.DurableVersion:
                _durableVersion = Version();
                break;
            case ManifestField.LastVersion:
                _lastVersion = Version();
                break;
            case ManifestField.Floor:
                _floor = Version();
                break;
            case ManifestField.Limits:
                _limits = new SizeLimits(Length("a limit of keys"), Length("a limit of values"));
                break;
            case ManifestField.CreatedBy:
                _createdBy = Text();
                break;
            case ManifestField.Mark:
                _marks.Add(Text());
                break;
            case ManifestField.RemovedTable:
                _removed.Add(new TablePlace(Level(), Number(1, long.MaxValue, "a file number")));
                break;
            case ManifestField.AddedTable:
                _added.Add(new PlacedTable(Level(), Table()));
                break;
            default:
                throw Corrupt(start, "a known field", $"{(byte)field}");
        }
    }

    private TableMetadata Table()
    {
        var fileNumber = Number(1, long.MaxValue, "a file number");
        var sizeBytes = Number(0, long.MaxValue, "a size");
        var oldest = Version();
        var newest = Number(oldest, EntryTag.VersionMax, "a newest version");
        var entries = Number(0, long.MaxValue, "a count of entries");
        var tombstones = Number(0, entries, "a count of tombstones");
        var rangeTombstones = Number(0, long.MaxValue, "a count of range tombstones");
        var globalVersion = Version();
        var olderVersions = Number(0, entries, "a count of older versions");
        var begin = Bytes("a first key");
        var start = _position;
        var end = Bytes("a key behind the last");
        if (begin.AsSpan().SequenceCompareTo(end) >= 0)
            throw Corrupt(start, "a key behind the first one", Convert.ToHexString(end));
        return new TableMetadata(
            fileNumber, sizeBytes, new KeyRange(begin, end), oldest, newest, entries, tombstones, rangeTombstones,
            globalVersion, olderVersions);
    }

    private int Level()
    {
        var start = _position;
        var level = Take(1, "a level")[0];
        return level < TableSet.LevelCount
            ? level
            : throw Corrupt(start, $"a level below {TableSet.LevelCount}", $"{level}");
    }

    private long Version() => Number(0, EntryTag.VersionMax, "a version");

    private long Number(long min, long max, string what)
    {
        var start = _position;
        var value = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), what));
        return value >= min && value <= max ? value : throw Corrupt(start, $"{what} from {min} to {max}", $"{value}");
    }

    private int Length(string what)
    {
        var start = _position;
        var value = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int), what));
        return value >= 0 ? value : throw Corrupt(start, what, $"{value}");
    }

    private byte[] Bytes(string what) => Take(Length(what), what).ToArray();

    private string Text()
    {
        var length = Length("a text");
        var start = _position;
        var text = Take(length, "a text");
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Corrupt(start, "UTF-8", "something else");
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > _payload.Length - _position)
            throw Corrupt(_position, $"{what} of {count} bytes", $"{_payload.Length - _position} bytes");
        var taken = _payload.Slice(_position, count);
        _position += count;
        return taken;
    }

    private readonly FerrisException Corrupt(int position, string expected, string found) =>
        FerrisException.Corrupt(path, offset + position, expected, found);
}
