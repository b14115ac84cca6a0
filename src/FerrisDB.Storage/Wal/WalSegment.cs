namespace FerrisDB.Storage;

/// <summary>
/// A segment of the log as the writer knows it: the one it appends to, or one that waits to be released.
/// </summary>
internal sealed class WalSegment : IDisposable
{
    public WalSegment(WalSegmentInfo info)
    {
        Number = info.Number;
        Path = info.Path;
        SizeBytes = info.SizeBytes;
        SegmentBytes = info.SegmentBytes;
        Start = info.Start;
        End = info.End;
        NewestVersion = info.NewestVersion;
        IsConfirmed = true;
    }

    public WalSegment(IFile file, long number, string path, long sizeBytes, long start)
    {
        File = file;
        Number = number;
        Path = path;
        SizeBytes = sizeBytes;
        SegmentBytes = sizeBytes;
        Start = start;
        End = start;
    }

    public long Number { get; }

    public string Path { get; }

    /// <summary>Length of the file.</summary>
    public long SizeBytes { get; }

    /// <summary>Length of the file while it is written to: less is left only by a close in good order.</summary>
    public long SegmentBytes { get; }

    /// <summary>Position of its header in the log.</summary>
    public long Start { get; }

    /// <summary>Open while something of it may have to be written or synced.</summary>
    public IFile? File { get; private set; }

    /// <summary>Open if records are appended through memory.</summary>
    public IFileMapping? Mapping { get; private set; }

    /// <summary>Position behind its last record. Written under the writer's gate when the segment is left.</summary>
    public long End { get; set; }

    /// <summary>Version of its last record. Written under the writer's gate when the segment is left.</summary>
    public long NewestVersion { get; set; }

    /// <summary>True while a sync of it runs. Under the writer's gate.</summary>
    public bool IsSyncing { get; set; }

    /// <summary>True once its header is durable and the manifest knows it. Under the writer's gate.</summary>
    public bool IsConfirmed { get; set; }

    public WalSegmentInfo Info => new(Number, Path, Start, End, NewestVersion, SizeBytes, SegmentBytes);

    public void Map() => Mapping = File!.TryMap(SizeBytes);

    public void Unmap()
    {
        Mapping?.Dispose();
        Mapping = null;
    }

    public void Dispose()
    {
        Unmap();
        File?.Dispose();
        File = null;
    }
}
