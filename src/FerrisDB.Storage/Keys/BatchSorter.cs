namespace FerrisDB.Storage;

/// <summary>Sorts the operations of a batch by key; operations on the same key keep their order.</summary>
/// <remarks>
/// A merge sort from the bottom up: stable, no recursion, n log n for every input. Runs of 16 are sorted by insertion.
/// The first eight bytes of each key lie beside its offset, so most comparisons do not touch the batch.
/// </remarks>
internal static class BatchSorter
{
    private const int RunLength = 16;

    /// <summary>Where an operation lies in the batch.</summary>
    internal readonly struct Item
    {
        public required ulong Prefix { get; init; }

        public required BatchEntryKind Kind { get; init; }

        /// <summary>Place in the sequence of calls.</summary>
        public required int Order { get; init; }

        public required int Begin { get; init; }

        public required int KeyOffset { get; init; }

        public required int KeyLength { get; init; }

        public required int End { get; init; }

        public static Item Read(ReadOnlySpan<byte> operations, int position, int order)
        {
            var kind = (BatchEntryKind)operations[position];
            var at = position + 1;
            Invariant.That(BatchFormat.TryReadVarint(operations[at..], out var keyLength, out var size));
            at += size;
            var restLength = 0;
            if (kind != BatchEntryKind.Delete)
            {
                Invariant.That(BatchFormat.TryReadVarint(operations[at..], out restLength, out size));
                at += size;
            }
            return new Item
            {
                Prefix = InternalKey.PrefixOf(operations.Slice(at, keyLength)),
                Kind = kind,
                Order = order,
                Begin = position,
                KeyOffset = at,
                KeyLength = keyLength,
                End = at + keyLength + restLength,
            };
        }

        public ReadOnlySpan<byte> Key(ReadOnlySpan<byte> operations) => operations.Slice(KeyOffset, KeyLength);

        /// <summary>The value, or the end of a range.</summary>
        public ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> operations) => operations[(KeyOffset + KeyLength)..End];
    }

    public static void Sort(ReadOnlySpan<byte> operations, Span<Item> items, Span<Item> scratch)
    {
        for (var begin = 0; begin < items.Length; begin += RunLength)
            SortRun(operations, items.Slice(begin, Math.Min(RunLength, items.Length - begin)));
        var from = items;
        var to = scratch[..items.Length];
        for (long width = RunLength; width < items.Length; width *= 2)
        {
            for (long begin = 0; begin < items.Length; begin += 2 * width)
            {
                var middle = (int)Math.Min(begin + width, items.Length);
                var end = (int)Math.Min(begin + (2 * width), items.Length);
                Merge(operations, from[(int)begin..middle], from[middle..end], to[(int)begin..end]);
            }
            var swap = from;
            from = to;
            to = swap;
        }
        if (from != items)
            from.CopyTo(items);
    }

    private static void SortRun(ReadOnlySpan<byte> operations, Span<Item> run)
    {
        for (var index = 1; index < run.Length; index++)
        {
            var item = run[index];
            var hole = index;
            for (; hole > 0 && Compare(operations, item, run[hole - 1]) < 0; hole--)
                run[hole] = run[hole - 1];
            run[hole] = item;
        }
    }

    private static void Merge(ReadOnlySpan<byte> operations, Span<Item> left, Span<Item> right, Span<Item> destination)
    {
        var isInOrder = right.IsEmpty || Compare(operations, left[^1], right[0]) <= 0;
        if (isInOrder)
        {
            left.CopyTo(destination);
            right.CopyTo(destination[left.Length..]);
            return;
        }
        for (int l = 0, r = 0, index = 0; index < destination.Length; index++)
        {
            var takesLeft = r == right.Length || (l < left.Length && Compare(operations, left[l], right[r]) <= 0);
            destination[index] = takesLeft ? left[l++] : right[r++];
        }
    }

    private static int Compare(ReadOnlySpan<byte> operations, in Item left, in Item right)
    {
        if (left.Prefix != right.Prefix)
            return left.Prefix < right.Prefix ? -1 : 1;
        return left.Key(operations).SequenceCompareTo(right.Key(operations));
    }
}
