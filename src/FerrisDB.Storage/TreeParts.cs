namespace FerrisDB.Storage;

/// <summary>What a tree is opened with: the seams, and what the manifest remembers.</summary>
internal sealed class TreeParts
{
    public required StorageOptions Options { get; init; }

    public required IFileSystem Files { get; init; }

    public required string Folder { get; init; }

    public required IScheduler Scheduler { get; init; }

    public required TableCache TableCache { get; init; }

    public required StorageEventHub Events { get; init; }

    /// <summary>Null when opened read-only: nothing is flushed or compacted then.</summary>
    public required ManifestLog? Manifest { get; init; }

    public required IReadOnlyList<PlacedTable> Tables { get; init; }

    public required IReadOnlyList<BlobMetadata> Blobs { get; init; }

    public required long NextFileNumber { get; init; }

    public required long DurableVersion { get; init; }

    public required long LastVersion { get; init; }

    public required long Floor { get; init; }
}
