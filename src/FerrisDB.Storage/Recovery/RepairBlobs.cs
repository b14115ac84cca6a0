namespace FerrisDB.Storage;

/// <summary>The blobs of a folder to be repaired: which are whole, and what can be read of the others.</summary>
/// <remarks>
/// A blob is kept as it is or not at all. What can be read of a damaged one goes back into the tables that refer to it.
/// </remarks>
internal sealed class RepairBlobs
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly HashSet<long> _whole = [];
    private readonly List<VerifyFinding> _findings = [];
    private byte[] _record = [];

    private RepairBlobs(IFileSystem files, string folder)
    {
        _files = files;
        _folder = folder;
    }

    public IReadOnlyList<VerifyFinding> Findings => _findings;

    /// <param name="files">The disk.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="state">What there should be; null if nobody knows: then all that there is.</param>
    /// <param name="onBytes">Told of a file's name and how many more bytes of it were read.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FormatTooNew"/>.</exception>
    public static RepairBlobs Read(
        IFileSystem files, string folder, ManifestState? state, Action<string, long> onBytes)
    {
        var blobs = new RepairBlobs(files, folder);
        using var check = new BlobCheck(files, folder, state);
        var expected = state?.Blobs.ToDictionary(blob => blob.FileNumber);
        foreach (var number in expected?.Keys.ToList() ?? blobs.NumbersOfFiles())
        {
            var name = FileNames.Blob(number);
            if (!files.FileExists(Path.Combine(folder, name)))
            {
                blobs._findings.Add(
                    new VerifyFinding(name, 0, "expected a blob that the manifest names, found no file"));
                continue;
            }
            blobs.ThrowIfTooNew(number);
            check.Scan(name, number, expected?[number], bytes => onBytes(name, bytes));
            if (check.Findings.All(finding => finding.File != name))
                blobs._whole.Add(number);
        }
        blobs._findings.AddRange(check.Findings);
        return blobs;
    }

    /// <summary>True if the blob stays as it is, so that references to it do too.</summary>
    public bool IsWhole(long number) => _whole.Contains(number);

    /// <summary>
    /// Puts a value of a damaged blob in place of the reference to it. False if the value cannot be read.
    /// </summary>
    public bool TryResolve(ReadOnlySpan<byte> key, ref EntryTag tag, ref ReadOnlySpan<byte> value)
    {
        if (tag.Kind != EntryKind.BlobReference)
            return true;
        if (!BlobReference.TryRead(value, out var reference))
            return false;
        if (IsWhole(reference.FileNumber))
            return true;
        if (TryRead(key, tag.Version, reference) is not { } found)
            return false;
        tag = new EntryTag(tag.Version, EntryKind.Value);
        value = found;
        return true;
    }

    /// <summary>The value that an entry refers to, or null if it cannot be read.</summary>
    public byte[]? TryRead(ReadOnlySpan<byte> key, long version, BlobReference reference)
    {
        try
        {
            using var file = _files.Open(PathOf(reference.FileNumber), FileAccess.Read);
            if (reference.End > file.Length)
                return null;
            if (_record.Length < reference.RecordSize)
                _record = new byte[reference.RecordSize];
            var bytes = _record.AsSpan(0, reference.RecordSize);
            if (file.Read(reference.Offset, bytes) != bytes.Length)
                return null;
            var record = BlobRecord.VerifyOf(bytes, file.Path, reference, key, version);
            var value = new byte[record.ValueSize];
            record.CopyValueTo(value, file.Path, reference.Offset);
            return value;
        }
        catch (FerrisException)
        {
            return null;
        }
    }

    // A blob of a newer format is no damaged one.
    private void ThrowIfTooNew(long number)
    {
        try
        {
            using var file = _files.Open(PathOf(number), FileAccess.Read);
            BlobFooter.Read(file, number);
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            // The scan will find it again, with all else that is wrong.
        }
    }

    private List<long> NumbersOfFiles()
    {
        var numbers = new List<long>();
        foreach (var name in _files.List(_folder))
        {
            if (FileNames.TryParse(name, out var kind, out var number) && kind == FileKind.Blob)
                numbers.Add(number);
        }
        return numbers;
    }

    private string PathOf(long number) => Path.Combine(_folder, FileNames.Blob(number));
}
