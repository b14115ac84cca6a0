namespace FerrisDB;

/// <summary>A part of a range in which the transaction's own writes say the same of all keys.</summary>
internal readonly record struct RangePiece(byte[] Begin, byte[] End, WriteState State)
{
    /// <summary>The first piece of a range that is not empty.</summary>
    public static RangePiece First(WriteMap writes, byte[] begin, byte[] end)
    {
        var cursor = writes.OpenCursor();
        cursor.Seek(begin);
        var isWhole = cursor.IsLast || cursor.End.SequenceCompareTo(end) >= 0;
        return new RangePiece(begin, isWhole ? end : cursor.End.ToArray(), cursor.State);
    }

    /// <summary>The last piece of a range that is not empty.</summary>
    public static RangePiece Last(WriteMap writes, byte[] begin, byte[] end)
    {
        var cursor = writes.OpenCursor();
        cursor.SeekBefore(end);
        var isWhole = cursor.Begin.SequenceCompareTo(begin) <= 0;
        return new RangePiece(isWhole ? begin : cursor.Begin.ToArray(), end, cursor.State);
    }
}
