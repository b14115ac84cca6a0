namespace FerrisDB.Cli;

/// <summary>Entries as they are committed, of one version.</summary>
internal sealed class CursorEntries(Cursor cursor, bool isReverse, long limit) : IEntries
{
    private long _count;

    public ReadOnlySpan<byte> Key => cursor.Key;

    public ReadOnlySpan<byte> Value => cursor.Value;

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
        _count++;
        return isValid && (limit == 0 || _count <= limit);
    }

    public void Dispose() => cursor.Dispose();
}
