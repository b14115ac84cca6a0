using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace FerrisDB.Storage;

/// <summary>
/// Reads the fields of one edit, checking every length and every number: a file that was damaged and whose checksum was
/// fixed up may be refused, but must not do harm.
/// </summary>
internal ref struct ManifestEditDecoder(
    ReadOnlySpan<byte> payload, string path, long offset, List<ManifestPart>? parts = null)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private readonly List<string> _marks = [];
    private readonly List<TablePlace> _removed = [];
    private readonly List<PlacedTable> _added = [];
    private readonly List<long> _removedBlobs = [];
    private readonly List<BlobMetadata> _addedBlobs = [];
    private int _position;
    private ManifestField _last;
    private long? _nextFileNumber;
    private long? _durableVersion;
    private long? _lastVersion;
    private long? _floor;
    private BegunSegment? _newestSegment;
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
            NewestSegment = _newestSegment,
            Limits = _limits,
            CreatedBy = _createdBy,
            Marks = _marks,
            RemovedTables = _removed,
            AddedTables = _added,
            RemovedBlobs = _removedBlobs,
            AddedBlobs = _addedBlobs,
        };
    }

    private void ReadField()
    {
        var start = _position;
        var field = (ManifestField)Take(1, "field")[0];
        if (field < _last || (field == _last && field < ManifestField.Mark))
            throw Corrupt(start, $"fields in ascending order behind {_last}", $"{field}");
        _last = field;
        switch (field)
        {
            case ManifestField.NextFileNumber:
                _nextFileNumber = Number(1, long.MaxValue, "file number");
                break;
            case ManifestField.DurableVersion:
                _durableVersion = Version("durable version");
                break;
            case ManifestField.LastVersion:
                _lastVersion = Version("last version");
                break;
            case ManifestField.Floor:
                _floor = Version("floor");
                break;
            case ManifestField.NewestSegment:
                _newestSegment = new BegunSegment(
                    Number(0, long.MaxValue, "number of a segment"), Number(0, long.MaxValue, "size of a segment"));
                break;
            case ManifestField.Limits:
                _limits = new SizeLimits(Length("limit of keys"), Length("limit of values"));
                break;
            case ManifestField.CreatedBy:
                _createdBy = Text();
                break;
            case ManifestField.Mark:
                _marks.Add(Text());
                break;
            case ManifestField.RemovedTable:
                _removed.Add(new TablePlace(Level(), Number(1, long.MaxValue, "file number")));
                break;
            case ManifestField.AddedTable:
                _added.Add(new PlacedTable(Level(), Table()));
                break;
            case ManifestField.RemovedBlob:
                _removedBlobs.Add(Number(1, long.MaxValue, "file number"));
                break;
            case ManifestField.AddedBlob:
                _addedBlobs.Add(Blob());
                break;
            default:
                throw Corrupt(start, "a known field", $"{(byte)field}");
        }
    }

    private TableMetadata Table()
    {
        var fileNumber = Number(1, long.MaxValue, "file number");
        var sizeBytes = Number(0, long.MaxValue, "size");
        var oldest = Version("oldest version");
        var newest = Number(oldest, EntryTag.VersionMax, "newest version");
        var entries = Number(0, long.MaxValue, "count of entries");
        var tombstones = Number(0, entries, "count of tombstones");
        var rangeTombstones = Number(0, long.MaxValue, "count of range tombstones");
        var globalVersion = Version("global version");
        var olderVersions = Number(0, entries, "count of older versions");
        var begin = Bytes("first key");
        var start = _position;
        var end = Bytes("key behind the last");
        if (begin.AsSpan().SequenceCompareTo(end) >= 0)
            throw Corrupt(start, "a key behind the first one", Convert.ToHexString(end));
        start = _position;
        var blobUses = BlobUsesCodec.TryDecode(Bytes("blob uses"));
        if (blobUses is null)
            throw Corrupt(start, "blobs in ascending order, and how much of each", "something else");
        return new TableMetadata(
            fileNumber, sizeBytes, new KeyRange(begin, end), oldest, newest, entries, tombstones, rangeTombstones,
            globalVersion, olderVersions)
        {
            BlobUses = blobUses,
        };
    }

    private BlobMetadata Blob() => new(
        Number(1, long.MaxValue, "file number"),
        Number(BlobFormat.HeaderSize + BlobFormat.FooterSize, long.MaxValue, "size"),
        Number(1, int.MaxValue, "count of records"));

    private int Level()
    {
        var start = _position;
        var level = Take(1, "level")[0];
        return level < TableSet.LevelCount
            ? level
            : throw Corrupt(start, $"a level below {TableSet.LevelCount}", $"{level}");
    }

    private long Version(string what) => Number(0, EntryTag.VersionMax, what);

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
        return value >= 0 ? value : throw Corrupt(start, $"{what} from 0", $"{value}");
    }

    private byte[] Bytes(string what) => Take(Length($"length of the {what}"), what).ToArray();

    private string Text()
    {
        var length = Length("length of the text");
        var start = _position;
        var text = Take(length, "text");
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Corrupt(start, "UTF-8", "something else");
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > _payload.Length - _position)
            throw Corrupt(_position, $"{what} of {count} bytes", $"{_payload.Length - _position} bytes");
        parts?.Add(new ManifestPart(offset + _position, count, what));
        var taken = _payload.Slice(_position, count);
        _position += count;
        return taken;
    }

    private readonly FerrisException Corrupt(int position, string expected, string found) =>
        FerrisException.Corrupt(path, offset + position, expected, found);
}

/// <summary>Some bytes of a manifest and what they mean, for people.</summary>
internal readonly record struct ManifestPart(long Offset, int Count, string Meaning);
