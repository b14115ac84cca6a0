namespace FerrisDB.TestKit;

/// <summary>What a disk was asked for.</summary>
/// <param name="Kind">What was to be done.</param>
/// <param name="Path">To the file or folder it was to be done to, as the caller spelled it.</param>
/// <param name="Offset">Of the bytes read or written; for <see cref="DiskOperationKind.SetLength"/> the length.</param>
/// <param name="Length">Count of the bytes read or written.</param>
/// <param name="Target">The new name of renaming and linking.</param>
internal readonly record struct DiskOperation(
    DiskOperationKind Kind, string Path, long Offset = 0, int Length = 0, string? Target = null)
{
    public override string ToString() => Kind switch
    {
        DiskOperationKind.Write or DiskOperationKind.MappedWrite or DiskOperationKind.Read =>
            $"{Kind} {Path} at {Offset}, {Length} bytes",
        DiskOperationKind.SetLength => $"{Kind} {Path} to {Offset}",
        DiskOperationKind.Rename or DiskOperationKind.Link => $"{Kind} {Path} to {Target}",
        _ => $"{Kind} {Path}",
    };
}

internal enum DiskOperationKind
{
    Create,
    Write,
    MappedWrite,
    Sync,
    SetLength,
    Rename,
    Link,
    Delete,
    CreateDirectory,
    SyncDirectory,
    Lock,

    // These change nothing, so no crash can fall into them and they are not counted.
    Open,
    Read,
    List,
}
