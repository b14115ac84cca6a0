namespace FerrisDB.Native;

/// <summary>Results that are arrays: one block of memory each, the array first and the bytes behind it.</summary>
internal static unsafe class ArrayResults
{
    public static FutureResult OfPage(RangePage page)
    {
        var bytes = 0L;
        for (var index = 0; index < page.Count; index++)
            bytes += page[index].Key.Length + page[index].Value.Length;
        var block = new NativeBlock((long)page.Count * sizeof(NativeKeyValue), bytes);
        var rows = (NativeKeyValue*)block.Start;
        for (var index = 0; index < page.Count; index++)
        {
            var row = page[index];
            rows[index].Key = block.Put(row.Key.Span);
            rows[index].Value = block.Put(row.Value.Span);
        }
        var result = new FutureResult(FutureKind.KeyValues, 0, block.Start, page.Count, page.More);
        // All of it was copied, and nobody else has seen it.
        page.LetGo();
        return result;
    }

    public static FutureResult OfMappedPage(MappedPage page)
    {
        var bytes = 0L;
        foreach (var row in page.Rows)
        {
            bytes += row.Row.Key.Length + row.Row.Value.Length + row.MappedRange.Begin.Length
                + row.MappedRange.End.Length + ((long)row.Mapped.Count * sizeof(NativeKeyValue));
            foreach (var mapped in row.Mapped)
                bytes += mapped.Key.Length + mapped.Value.Length;
        }
        var block = new NativeBlock((long)page.Rows.Count * sizeof(NativeMappedKeyValue), bytes);
        var rows = (NativeMappedKeyValue*)block.Start;
        for (var index = 0; index < page.Rows.Count; index++)
            Put(page.Rows[index], ref block, ref rows[index]);
        return new FutureResult(FutureKind.MappedKeyValues, 0, block.Start, page.Rows.Count, page.More);
    }

    public static FutureResult OfKeys(IReadOnlyList<byte[]> keys)
    {
        var block = new NativeBlock((long)keys.Count * sizeof(NativeKey), keys.Sum(key => (long)key.Length));
        for (var index = 0; index < keys.Count; index++)
            ((NativeKey*)block.Start)[index] = block.Put(keys[index]);
        return new FutureResult(FutureKind.Keys, 0, block.Start, keys.Count, false);
    }

    /// <summary>Texts, which must end with a zero byte.</summary>
    public static FutureResult OfStrings(IReadOnlyList<byte[]> texts)
    {
        var block = new NativeBlock((long)texts.Count * sizeof(nint), texts.Sum(text => (long)text.Length));
        for (var index = 0; index < texts.Count; index++)
            ((byte**)block.Start)[index] = block.Put(texts[index]).Bytes;
        return new FutureResult(FutureKind.Strings, 0, block.Start, texts.Count, false);
    }

    private static void Put(MappedRow row, ref NativeBlock block, ref NativeMappedKeyValue place)
    {
        place = default;
        place.Key = block.Put(row.Row.Key.Span);
        place.Value = block.Put(row.Row.Value.Span);
        place.Begin = new NativeSelector { Key = block.Put(row.MappedRange.Begin), Offset = 1 };
        place.End = new NativeSelector { Key = block.Put(row.MappedRange.End), Offset = 1 };
        place.Count = place.Capacity = row.Mapped.Count;
        place.Rows = (NativeKeyValue*)block.Skip(row.Mapped.Count * sizeof(NativeKeyValue));
        for (var index = 0; index < row.Mapped.Count; index++)
        {
            place.Rows[index].Key = block.Put(row.Mapped[index].Key.Span);
            place.Rows[index].Value = block.Put(row.Mapped[index].Value.Span);
        }
    }
}
