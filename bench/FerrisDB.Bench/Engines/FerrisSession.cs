using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>
/// One thread's use of a FerrisDB engine: a batch that is used again, and a snapshot if it reads from one.
/// </summary>
internal sealed class FerrisSession(StorageEngine engine, Snapshot? snapshot) : IEngineSession
{
    private readonly WriteBatch _batch = new();

    public ITransactionSession? Transactions { get; init; }

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => engine.Put(key, value);

    public void Delete(ReadOnlySpan<byte> key) => engine.Delete(key);

    public void Write(EntryBatch batch)
    {
        _batch.Clear();
        for (var index = 0; index < batch.Count; index++)
            _batch.Put(batch.Key(index), batch.Value(index));
        engine.Write(_batch);
    }

    public int Get(ReadOnlySpan<byte> key, Span<byte> buffer) =>
        engine.TryRead(key, buffer, out var length, snapshot) ? length : -1;

    public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
    {
        using var cursor = engine.OpenCursor(new CursorOptions { Snapshot = snapshot });
        if (backwards)
            ScanDown(cursor, from, sink);
        else
            ScanUp(cursor, from, sink);
    }

    public IEngineSession NewSnapshot() => new FerrisSession(engine, engine.TakeSnapshot());

    public void Dispose() => snapshot?.Dispose();

    private static void ScanUp(Cursor cursor, ReadOnlySpan<byte> from, ScanSink sink)
    {
        var isValid = from.IsEmpty ? cursor.SeekToFirst() : cursor.Seek(from);
        while (isValid && sink.Take(cursor.Key, cursor.Value))
            isValid = cursor.Next();
    }

    // The last key at or below is the last one before the smallest key above.
    private static void ScanDown(Cursor cursor, ReadOnlySpan<byte> from, ScanSink sink)
    {
        bool isValid;
        if (from.IsEmpty)
        {
            isValid = cursor.SeekToLast();
        }
        else
        {
            Span<byte> above = stackalloc byte[from.Length + 1];
            from.CopyTo(above);
            above[^1] = 0;
            isValid = cursor.SeekBefore(above);
        }
        while (isValid && sink.Take(cursor.Key, cursor.Value))
            isValid = cursor.Previous();
    }
}
