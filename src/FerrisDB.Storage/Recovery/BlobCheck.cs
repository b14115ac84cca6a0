namespace FerrisDB.Storage;

/// <summary>
/// Checks blobs: every byte of each, and that what the tables refer to is there. Damage becomes a finding.
/// </summary>
internal sealed class BlobCheck(IFileSystem files, string folder, ManifestState? state) : IDisposable
{
    // Of what tables miss in one blob, this many are told one by one.
    private const int FindingsMax = 20;
    private const int OpenMax = 64;

    private readonly List<VerifyFinding> _findings = [];
    private readonly Dictionary<long, IFile?> _open = [];
    private readonly Dictionary<long, long> _missing = []; // values by blob
    private byte[] _record = [];
    private byte[] _value = [];

    public IReadOnlyList<VerifyFinding> Findings =>
    [
        .. _findings,
        .. _missing.Where(blob => blob.Value > FindingsMax).Select(blob => new VerifyFinding(
            FileNames.Blob(blob.Key), 0, $"{blob.Value - FindingsMax} more values that tables refer to are not there")),
    ];

    /// <summary>Reads all of a blob.</summary>
    public void Scan(string name, long number, BlobMetadata? expected, Action<long>? onBytes)
    {
        using var file = files.Open(Path.Combine(folder, name), FileAccess.Read);
        var reported = 0L;
        try
        {
            var footer = BlobFooter.Read(file, number);
            if (expected is not null)
            {
                Expect(name, "records, as in the manifest", expected.RecordCount, footer.RecordCount);
                Expect(name, "bytes, as in the manifest", expected.SizeBytes, footer.FileSize);
            }
            var walk = new BlobWalk(file);
            var (records, valueBytes) = (0L, 0L);
            while (!walk.IsAtEnd)
            {
                if (Check(walk, file.Path, name, out var valueSize))
                    valueBytes += valueSize;
                records++;
                if (!walk.Skip())
                    return;
                onBytes?.Invoke(walk.Offset - reported);
                reported = walk.Offset;
            }
            if (_findings.Exists(finding => finding.File == name))
                return;
            Expect(name, "records", footer.RecordCount, records);
            Expect(name, "bytes of values", footer.ValueBytes, valueBytes);
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, name));
        }
        finally
        {
            onBytes?.Invoke(file.Length - reported);
        }
    }

    /// <summary>Checks that the value that an entry refers to is where it should be.</summary>
    public void CheckReference(string table, ReadOnlySpan<byte> key, long version, BlobReference reference)
    {
        try
        {
            if (Open(reference.FileNumber) is { } file)
                Read(file, key, version, reference);
        }
        catch (FerrisException error)
        {
            var name = FileNames.Blob(reference.FileNumber);
            var count = _missing[reference.FileNumber] = _missing.GetValueOrDefault(reference.FileNumber) + 1;
            if (count <= FindingsMax)
                _findings.Add(new VerifyFinding(
                    name, reference.Offset, $"the value of {KeyText.Of(key)} @{version} in {table}: {error.Problem}"));
        }
    }

    public void Dispose() => CloseAll();

    private bool Check(BlobWalk walk, string path, string name, out int valueSize)
    {
        valueSize = 0;
        try
        {
            var record = walk.Read();
            Decompress(record, path, walk.Offset);
            valueSize = record.ValueSize;
            return true;
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, name));
            return false;
        }
    }

    private void Read(IFile file, ReadOnlySpan<byte> key, long version, BlobReference reference)
    {
        if (_record.Length < reference.RecordSize)
            _record = new byte[reference.RecordSize];
        var record = _record.AsSpan(0, reference.RecordSize);
        var isInside = reference.End <= file.Length - BlobFormat.FooterSize;
        if (!isInside || file.Read(reference.Offset, record) != record.Length)
            throw FerrisException.Corrupt(file.Path, reference.Offset, $"{reference}", $"{file.Length} bytes in all");
        var read = BlobRecord.VerifyOf(record, file.Path, reference, key, version);
        Decompress(read, file.Path, reference.Offset);
    }

    private void Decompress(BlobRecord record, string path, long offset)
    {
        if (_value.Length < record.ValueSize)
            _value = new byte[record.ValueSize];
        record.CopyValueTo(_value.AsSpan(0, record.ValueSize), path, offset);
    }

    // A blob that cannot be opened is one finding, however many values it had.
    private IFile? Open(long number)
    {
        if (_open.TryGetValue(number, out var opened))
            return opened;
        if (_open.Count >= OpenMax)
            CloseAll();
        var name = FileNames.Blob(number);
        IFile? file = null;
        var isKnown = state?.HasBlob(number) ?? true;
        try
        {
            if (!isKnown)
                _findings.Add(new VerifyFinding(name, 0, "tables refer to it, but the manifest does not name it"));
            else
                file = files.Open(Path.Combine(folder, name), FileAccess.Read);
        }
        catch (FerrisException error)
        {
            // One that the manifest names is missed by name already.
            if (state is null)
                _findings.Add(VerifyFinding.From(error, name));
        }
        return _open[number] = file;
    }

    private void CloseAll()
    {
        foreach (var file in _open.Values)
            file?.Dispose();
        _open.Clear();
    }

    private void Expect(string name, string what, long expected, long found)
    {
        if (expected != found)
            _findings.Add(new VerifyFinding(name, 0, $"expected {expected} {what}, found {found}"));
    }
}
