namespace FerrisDB.Storage;

/// <summary>What the manifest knows of a blob.</summary>
/// <param name="FileNumber">Names the file: <c>N.blob</c>.</param>
/// <param name="SizeBytes">Length of the file.</param>
/// <param name="RecordCount">Values in it, dead ones too.</param>
internal sealed record BlobMetadata(long FileNumber, long SizeBytes, long RecordCount)
{
    /// <summary>Bytes of its records.</summary>
    public long RecordBytes => SizeBytes - BlobFormat.HeaderSize - BlobFormat.FooterSize;
}
