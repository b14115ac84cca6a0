namespace FerrisDB;

// The map of own writes cuts the range into pieces, and each piece says where its rows come from:
//
//     own writes   |......|c|......|[f....h)|h|(h....m)|......|
//     database      a   b  c   d       g     h     k      n  o
//     result        a   b  c'  d             h'           n  o
//
// The database is read in one stream; what own writes hide is skipped, and a stretch that is hidden whole is not even
// fetched.

/// <summary>Reads the rows of a range, in either direction, as the transaction's own writes have made them.</summary>
/// <remarks>For one reader at a time; goes on where the last page ended.</remarks>
internal sealed class RangeMerge(
    TransactionContext context, ReadScope scope, ReadPoint at, byte[] begin, byte[] end, bool reverse, bool keysOnly)
{
    private const int OwnRowOverheadBytes = 8;

    private readonly DatabaseRows _database = new(context.Cluster, at, begin, end, reverse, keysOnly);

    // What has not been read yet.
    private byte[] _begin = begin;
    private byte[] _end = end;
    private long _bytes;

    /// <summary>Appends rows up to the limits. True if a limit ended them: there may be more.</summary>
    public async ValueTask<bool> ReadAsync(PageLimits limits, RowBuffer rows)
    {
        _bytes = 0;
        if (scope.Own is not { IsTransparent: false } own)
            return await ReadDatabaseAsync(limits, rows);
        while (TryTakePiece(own, out var piece))
        {
            switch (piece.State.Kind)
            {
                case WriteStateKind.Unmodified when await AddDatabaseRowsAsync(piece, limits, rows):
                    return true;
                case WriteStateKind.Unreadable:
                    throw TransactionReader.Unreadable(piece.Begin);
                case WriteStateKind.Value or WriteStateKind.Dependent:
                    await AddOwnRowAsync(own, piece, rows);
                    break;
            }
            if (IsFull(limits, rows))
                return true;
        }
        return false;
    }

    // Without own writes the rows come straight to where they are wanted. A server may send less at once than is asked
    // for.
    private async ValueTask<bool> ReadDatabaseAsync(PageLimits limits, RowBuffer rows)
    {
        while (!IsAllTaken)
        {
            var request = new RangeRequest(
                _begin, _end, limits.RowsMax - rows.Count, BytesLeft(limits), reverse, keysOnly);
            if (!await context.Cluster.GetRangeAsync(request, at, rows))
                return false;
            GoBehindLast(rows);
            _bytes = rows.SizeBytes + ((long)rows.Count * RangeRequest.RowOverheadBytes);
            if (IsFull(limits, rows))
                return true;
        }
        return false;
    }

    /// <summary>Adds the rows of a piece that own writes leave as it is. True if a limit ended them.</summary>
    private async ValueTask<bool> AddDatabaseRowsAsync(RangePiece piece, PageLimits limits, RowBuffer rows)
    {
        _database.SkipTo(reverse ? piece.End : piece.Begin);
        var bound = reverse ? piece.Begin : piece.End;
        while (await _database.HasNextAsync(bound, limits.RowsMax - rows.Count, BytesLeft(limits)))
        {
            rows.Add(_database.Key, _database.Value);
            _bytes += RangeRequest.RowOverheadBytes + _database.Key.Length + _database.Value.Length;
            _database.MoveNext();
            if (!IsFull(limits, rows))
                continue;
            GoBehindLast(rows);
            return true;
        }
        return false;
    }

    private async ValueTask AddOwnRowAsync(WriteMap own, RangePiece piece, RowBuffer rows)
    {
        var value = piece.State.Kind == WriteStateKind.Dependent
            ? await context.Cluster.GetAsync(piece.Begin, at)
            : null;
        lock (context.Gate)
        {
            context.ThrowIfOver(scope.Life);
            var written = default(ReadOnlySpan<byte>);
            if (piece.State.Kind == WriteStateKind.Value)
                written = own.ValueOf(piece.State);
            else if (!own.Evaluate(piece.State, value is not null, value, out written))
                return;
            rows.Add(piece.Begin, keysOnly ? default : written);
            _bytes += OwnRowOverheadBytes + piece.Begin.Length + written.Length;
        }
    }

    // Nothing is left of the range.
    private bool IsAllTaken => _begin.AsSpan().SequenceCompareTo(_end) >= 0;

    private bool TryTakePiece(WriteMap own, out RangePiece piece)
    {
        piece = default;
        if (IsAllTaken)
            return false;
        lock (context.Gate)
        {
            context.ThrowIfOver(scope.Life);
            piece = reverse ? RangePiece.Last(own, _begin, _end) : RangePiece.First(own, _begin, _end);
        }
        if (reverse)
            _end = piece.Begin;
        else
            _begin = piece.End;
        return true;
    }

    private void GoBehindLast(RowBuffer rows)
    {
        var last = rows.Key(rows.Count - 1);
        if (reverse)
            _end = last.ToArray();
        else
            _begin = [.. last, 0];
    }

    private bool IsFull(PageLimits limits, RowBuffer rows) =>
        rows.Count >= limits.RowsMax || (rows.Count > 0 && _bytes >= limits.TargetBytes);

    private int BytesLeft(PageLimits limits) => (int)Math.Max(1, limits.TargetBytes - _bytes);
}
