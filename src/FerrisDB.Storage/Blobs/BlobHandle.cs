using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>One blob in use: its metadata, and a count of who still needs the file.</summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class BlobHandle(BlobMetadata metadata, Action<BlobHandle>? deleteFile = null)
    : FileHandle, IReaderPlace<BlobReader>
{
    private volatile BlobReader? _reader;

    public BlobMetadata Metadata { get; } = metadata;

    public long FileNumber => Metadata.FileNumber;

    /// <summary>The open blob, or null. Belongs to the <see cref="BlobCache"/>, which alone writes it.</summary>
    public BlobReader? Reader
    {
        get => _reader;
        set => _reader = value;
    }

    public override string ToString() => $"{FileNumber}.blob";

    protected override void DeleteFile() => deleteFile?.Invoke(this);
}
