namespace FerrisDB.Storage;

/// <summary>One record of a manifest and where it lies.</summary>
internal readonly record struct ManifestRecord(long Offset, int SizeBytes, long Sequence, ManifestEdit Edit);

/// <summary>How a manifest ends.</summary>
internal enum ManifestEnding
{
    /// <summary>With the end mark: all that was acknowledged is there.</summary>
    EndMark,

    /// <summary>
    /// Right behind a record: power was lost after its sync and before its end mark reached the disk.
    /// </summary>
    Bare,

    /// <summary>With an append that a crash cut short, which is ignored: it was never acknowledged.</summary>
    Torn,
}

/// <summary>
/// Reads the records of a manifest in order and judges how it ends: see <see cref="ManifestFormat"/>.
/// </summary>
internal sealed class ManifestReader
{
    private readonly string _path;
    private readonly byte[] _content;
    private int _position = ManifestFormat.HeaderSize;
    private long _sequence;

    /// <summary>Checks the header of a whole file of manifest <paramref name="number"/>.</summary>
    public ManifestReader(string path, byte[] content, long number)
    {
        _path = path;
        _content = content;
        ManifestFormat.CheckHeader(path, content, number);
    }

    /// <summary>Known once <see cref="TryNext"/> has returned false.</summary>
    public ManifestEnding Ending { get; private set; }

    /// <summary>Behind the last record that counts.</summary>
    public long Offset => _position;

    /// <summary>Reads the next record; false at the end. Damage throws.</summary>
    public bool TryNext(out ManifestRecord record)
    {
        record = default;
        var isWhole = ManifestFormat.TryReadRecord(_content, _position, out var sequence, out var payload);
        if (!isWhole || sequence != _sequence || (payload.IsEmpty && sequence == 0))
        {
            JudgeDamage(isWhole ? $"sequence {sequence}" : "a damaged or incomplete one");
            return false;
        }

        if (payload.IsEmpty)
        {
            RefuseRecordsBehind(_position + ManifestFormat.RecordHeaderSize, "nothing behind the end mark");
            Ending = ManifestEnding.EndMark;
            return false;
        }

        var size = ManifestFormat.RecordHeaderSize + payload.Length;
        var edit = ManifestEditCodec.Decode(payload, _path, _position + ManifestFormat.RecordHeaderSize);
        record = new ManifestRecord(_position, size, sequence, edit);
        _position += size;
        _sequence++;
        return true;
    }

    // The snapshot is synced before CURRENT names its file, so it cannot be torn. Nor can a record that has a valid one
    // behind it: that one was written after the sync.
    private void JudgeDamage(string found)
    {
        if (_sequence == 0)
            throw FerrisException.Corrupt(_path, _position, "the record of a snapshot", found);
        RefuseRecordsBehind(_position + 1, $"record {_sequence}", found);
        Ending = _position == _content.Length ? ManifestEnding.Bare : ManifestEnding.Torn;
    }

    // A record may begin at any byte. Its sequence is cheap to look at and nearly never plausible by accident.
    private void RefuseRecordsBehind(int first, string expected, string? found = null)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ManifestEndsAtAnyDamage)
            return;
#endif
        var last = _content.Length - ManifestFormat.RecordHeaderSize;
        for (var offset = first; offset <= last; offset++)
        {
            var sequence = ManifestFormat.PeekSequence(_content, offset);
            if (sequence <= _sequence || sequence > _sequence + (_content.Length / ManifestFormat.RecordHeaderSize))
                continue;
            if (ManifestFormat.TryReadRecord(_content, offset, out _, out _))
            {
                throw FerrisException.Corrupt(
                    _path, _position, expected, $"{found ?? "the end mark"}, and record {sequence} at offset {offset}");
            }
        }
    }
}
