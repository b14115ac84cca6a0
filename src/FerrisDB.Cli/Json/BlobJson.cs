namespace FerrisDB.Cli;

/// <summary>A file of large values, and how much of it tables refer to.</summary>
internal sealed record BlobJson(string File, long Bytes, long Records, long LiveBytes, double LiveRatio)
{
    private const int Digits = 3;

    public static IReadOnlyList<BlobJson> Of(BlobSet blobs)
    {
        var rows = new List<BlobJson>();
        foreach (var blob in blobs.All)
        {
            rows.Add(new BlobJson(
                FileNames.Blob(blob.FileNumber), blob.Metadata.SizeBytes, blob.Metadata.RecordCount,
                blobs.LiveBytesOf(blob), Math.Round(blobs.LiveRatioOf(blob), Digits)));
        }
        return rows;
    }
}
