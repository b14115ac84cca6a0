namespace FerrisDB.Storage;

/// <summary>Turns the operations of a write batch into the canonical batch that has the same effect.</summary>
/// <remarks>
/// Points and ranges are sorted by key, then one sweep over both keeps the last operation of each key, drops every
/// point that a later range covers (and every delete that any range covers: it says nothing new), and joins ranges that
/// overlap or touch. All buffers are kept for the next batch.
/// </remarks>
internal sealed class BatchCanonicalizer
{
    private BatchSorter.Item[] _points = [];
    private BatchSorter.Item[] _ranges = [];
    private BatchSorter.Item[] _scratch = [];
    private byte[] _result = [];
    private int _length;
    private int _count;

    // Ranges that begin at or before the sweep's key, the last operation first. Those that have ended are removed when
    // they come to the top: only the top decides.
    private readonly PriorityQueue<int, int> _open = new();

    public ReadOnlyMemory<byte> Result => _result.AsMemory(0, _length);

    public void Build(byte[] operations, int length, int count)
    {
        Reserve(ref _points, count);
        Reserve(ref _ranges, count);
        Reserve(ref _scratch, count);
        if (_result.Length < length)
            _result = new byte[operations.Length];
        Split(operations.AsSpan(0, length), out var points, out var ranges);
        BatchSorter.Sort(operations, points, _scratch);
        BatchSorter.Sort(operations, ranges, _scratch);
        _length = BatchFormat.HeaderSize;
        _count = 0;
        WritePoints(operations, points, ranges);
        WriteRanges(operations, ranges);
        BatchFormat.WriteCount(_result, _count);
        Invariant.That(_length <= length);
    }

    private void Split(
        ReadOnlySpan<byte> operations, out Span<BatchSorter.Item> points, out Span<BatchSorter.Item> ranges)
    {
        var pointCount = 0;
        var rangeCount = 0;
        var order = 0;
        // The header's count is written last, by us; the operations are our own, so their bounds need no second check.
        for (var position = BatchFormat.HeaderSize; position < operations.Length; order++)
        {
            var item = BatchSorter.Item.Read(operations, position, order);
            if (item.Kind == BatchEntryKind.DeleteRange)
                _ranges[rangeCount++] = item;
            else
                _points[pointCount++] = item;
            position = item.End;
        }
        points = _points.AsSpan(0, pointCount);
        ranges = _ranges.AsSpan(0, rangeCount);
    }

    private void WritePoints(
        ReadOnlySpan<byte> operations, ReadOnlySpan<BatchSorter.Item> points, ReadOnlySpan<BatchSorter.Item> ranges)
    {
        _open.Clear();
        var nextRange = 0;
        for (var index = 0; index < points.Length; index++)
        {
            ref readonly var point = ref points[index];
            var key = point.Key(operations);
            if (index + 1 < points.Length && points[index + 1].Key(operations).SequenceEqual(key))
                continue;
            for (; nextRange < ranges.Length && ranges[nextRange].Key(operations).SequenceCompareTo(key) <= 0;
                 nextRange++)
                _open.Enqueue(nextRange, -ranges[nextRange].Order);
            while (_open.TryPeek(out var top, out _) && ranges[top].Rest(operations).SequenceCompareTo(key) <= 0)
                _open.Dequeue();
            var isCovered = _open.TryPeek(out var last, out _);
            if (isCovered && (point.Kind == BatchEntryKind.Delete || ranges[last].Order > point.Order))
                continue;
            operations[point.Begin..point.End].CopyTo(_result.AsSpan(_length));
            _length += point.End - point.Begin;
            _count++;
        }
    }

    private void WriteRanges(ReadOnlySpan<byte> operations, ReadOnlySpan<BatchSorter.Item> ranges)
    {
        for (var index = 0; index < ranges.Length;)
        {
            var begin = ranges[index].Key(operations);
            var end = ranges[index].Rest(operations);
            for (index++; index < ranges.Length && ranges[index].Key(operations).SequenceCompareTo(end) <= 0; index++)
            {
                var candidate = ranges[index].Rest(operations);
                if (candidate.SequenceCompareTo(end) > 0)
                    end = candidate;
            }
            WriteRange(begin, end);
        }
    }

    private void WriteRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var free = _result.AsSpan(_length);
        free[0] = (byte)BatchEntryKind.DeleteRange;
        var at = 1 + BatchFormat.WriteVarint(free[1..], begin.Length);
        at += BatchFormat.WriteVarint(free[at..], end.Length);
        begin.CopyTo(free[at..]);
        end.CopyTo(free[(at + begin.Length)..]);
        _length += at + begin.Length + end.Length;
        _count++;
    }

    private static void Reserve(ref BatchSorter.Item[] items, int count)
    {
        if (items.Length < count)
            items = new BatchSorter.Item[Math.Max(count, 2 * items.Length)];
    }
}
