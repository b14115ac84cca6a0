namespace FerrisDB.Cli;

/// <summary>Entries as they are committed, of one version.</summary>
/// <remarks>What a server keeps for itself in the database is nobody's entry, and left out.</remarks>
internal sealed class CursorEntries(Cursor cursor, bool isReverse, long limit) : IEntries
{
    private static readonly byte[] OwnBegin = [0xFF, 0x02];
    private static readonly byte[] OwnEnd = [0xFF, 0x03];

    private long _count;

    public ReadOnlySpan<byte> Key => cursor.Key;

    public ReadOnlySpan<byte> Value => cursor.Value;

    public long Version => cursor.Version;

    public bool HasMore => limit > 0 && _count > limit && cursor.IsValid;

    public bool Next()
    {
        var isValid = (_count, isReverse) switch
        {
            (0, false) => cursor.SeekToFirst(),
            (0, true) => cursor.SeekToLast(),
            (_, false) => cursor.Next(),
            (_, true) => cursor.Previous(),
        };
        if (isValid && cursor.Key.StartsWith(OwnBegin))
            isValid = isReverse ? cursor.SeekBefore(OwnBegin) : cursor.Seek(OwnEnd);
        _count++;
        return isValid && (limit == 0 || _count <= limit);
    }

    public void Dispose() => cursor.Dispose();
}
