namespace FerrisDB.Storage;

/// <summary>A <c>N.wal</c> that was found in a folder.</summary>
/// <param name="Number">The number in its name.</param>
/// <param name="Path">The file.</param>
/// <param name="Length">Bytes of the file.</param>
/// <param name="Header">Its header, or null if this use of the file has not begun (or its header is damaged).</param>
internal sealed record WalSegmentFile(long Number, string Path, long Length, WalSegmentHeader? Header)
{
    /// <summary>All segments of a folder by number.</summary>
    public static List<WalSegmentFile> List(IFileSystem files, string directory)
    {
        var segments = new List<WalSegmentFile>();
        foreach (var name in files.List(directory))
        {
            if (!FileNames.TryParse(name, out var kind, out var number) || kind != FileKind.Wal)
                continue;
            var path = System.IO.Path.Combine(directory, name);
            using var reader = new WalReader(files.Open(path, FileAccess.Read), number);
            segments.Add(new WalSegmentFile(number, path, reader.Length, reader.IsBegun ? reader.Header : null));
        }
        segments.Sort((left, right) => left.Number.CompareTo(right.Number));
        return segments;
    }

    public WalReader Open(IFileSystem files) => new(files.Open(Path, FileAccess.Read), Number);
}
