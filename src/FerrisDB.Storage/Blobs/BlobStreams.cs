namespace FerrisDB.Storage;

/// <summary>The blobs that a cursor reads from by turns, each with a place of its own.</summary>
/// <remarks>For one thread. The one that was opened first makes room for another when there are too many.</remarks>
internal sealed class BlobStreams
{
    /// <summary>With <see cref="BlobStream.WindowMax"/> this bounds what a cursor reads ahead: 2 MiB.</summary>
    public const int Max = 32;

    private readonly long[] _numbers = new long[Max];
    private readonly BlobStream?[] _streams = new BlobStream?[Max];
    private int _count;
    private int _oldest;

    /// <summary>The stream of a blob, or null.</summary>
    public BlobStream? Find(long fileNumber)
    {
        var index = _numbers.AsSpan(0, _count).IndexOf(fileNumber);
        return index < 0 ? null : _streams[index];
    }

    /// <summary>Takes over the reference to the reader of a blob that has no stream yet.</summary>
    public BlobStream Open(BlobReader reader, long fileNumber)
    {
        var index = _count;
        if (_count < Max)
        {
            _count++;
        }
        else
        {
            index = _oldest;
            _oldest = (_oldest + 1) % Max;
            _streams[index]!.Close();
        }
        _numbers[index] = fileNumber;
        var stream = _streams[index] ??= new BlobStream();
        stream.Open(reader, fileNumber);
        return stream;
    }

    public void Close()
    {
        for (var index = 0; index < _count; index++)
            _streams[index]!.Close();
        (_count, _oldest) = (0, 0);
    }
}
