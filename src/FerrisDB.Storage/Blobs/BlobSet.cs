using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>The blobs of a <see cref="TableSet"/>, and how much of each its tables refer to. Immutable.</summary>
/// <remarks>Held by its set, which counts the references to the handles.</remarks>
internal sealed class BlobSet
{
    private readonly BlobHandle[] _blobs; // by file number
    private readonly long[] _liveBytes;

    /// <param name="blobs">All blobs, in any order.</param>
    /// <param name="tables">All tables of the set.</param>
    public BlobSet(IEnumerable<BlobHandle> blobs, IEnumerable<TableHandle> tables)
    {
        _blobs = [.. blobs.OrderBy(blob => blob.FileNumber)];
        _liveBytes = new long[_blobs.Length];
        foreach (var table in tables)
        {
            foreach (var use in table.Metadata.BlobUses)
            {
                var index = IndexOf(use.FileNumber);
                Invariant.That(index >= 0);
                _liveBytes[index] += use.Bytes;
            }
        }
        SizeBytes = _blobs.Sum(blob => blob.Metadata.SizeBytes);
        AssertInvariants();
    }

    public static BlobSet Empty { get; } = new([], []);

    public ReadOnlySpan<BlobHandle> All => _blobs;

    /// <summary>Bytes of all files.</summary>
    public long SizeBytes { get; }

    /// <summary>Bytes of the records that tables refer to.</summary>
    public long LiveBytes => _liveBytes.Sum();

    public BlobHandle? Find(long fileNumber)
    {
        var index = IndexOf(fileNumber);
        return index < 0 ? null : _blobs[index];
    }

    /// <summary>Bytes of the records of one blob that tables refer to.</summary>
    public long LiveBytesOf(BlobHandle blob) => _liveBytes[IndexOf(blob.FileNumber)];

    /// <summary>The share of a blob's records that tables refer to, 0 to 1.</summary>
    public double LiveRatioOf(BlobHandle blob) =>
        (double)LiveBytesOf(blob) / Math.Max(1, blob.Metadata.RecordBytes);

    /// <summary>The blobs of which less than that share is live: compactions move what is left of them.</summary>
    public HashSet<long> NumbersBelow(double liveRatio) =>
        [.. _blobs.Where(blob => LiveRatioOf(blob) < liveRatio).Select(blob => blob.FileNumber)];

    private int IndexOf(long fileNumber)
    {
        var (low, high) = (0, _blobs.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var number = _blobs[middle].FileNumber;
            if (number == fileNumber)
                return middle;
            if (number < fileNumber)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        for (var index = 0; index < _blobs.Length; index++)
        {
            var blob = _blobs[index];
            Invariant.Checked(
                _liveBytes[index] <= blob.Metadata.RecordBytes,
                $"tables refer to {_liveBytes[index]} bytes of {blob}, which has {blob.Metadata.RecordBytes}");
            Invariant.Checked(index == 0 || _blobs[index - 1].FileNumber < blob.FileNumber, $"{blob} is there twice");
        }
    }
}
