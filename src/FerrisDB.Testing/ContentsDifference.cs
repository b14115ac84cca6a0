namespace FerrisDB.Testing;

/// <summary>The first difference between what two databases hold, in words.</summary>
internal static class ContentsDifference
{
    public static string? Between(IReadOnlyList<KeyValue> expected, IReadOnlyList<KeyValue> found)
    {
        for (var index = 0; index < Math.Max(expected.Count, found.Count); index++)
        {
            if (index == found.Count)
                return $"{Key(expected[index])} is missing.";
            if (index == expected.Count)
                return $"{Key(found[index])} should not be there.";
            var order = expected[index].Key.Span.SequenceCompareTo(found[index].Key.Span);
            if (order != 0)
                return order < 0
                    ? $"{Key(expected[index])} is missing."
                    : $"{Key(found[index])} should not be there.";
            if (!expected[index].Value.Span.SequenceEqual(found[index].Value.Span))
                return $"{Key(found[index])} is {Bytes(found[index].Value)}, and after one run "
                    + $"{Bytes(expected[index].Value)}.";
        }
        return null;
    }

    private static string Key(KeyValue row) => TupleEncoding.TryUnpack(row.Key.Span, out var elements)
        ? TupleText.Format(elements)
        : Bytes(row.Key);

    private static string Bytes(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
