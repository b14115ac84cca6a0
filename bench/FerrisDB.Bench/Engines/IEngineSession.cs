namespace FerrisDB.Bench;

/// <summary>One thread's handle on an open database.</summary>
internal interface IEngineSession : IDisposable
{
    /// <summary>Transactions of this thread, or caller; null if the engine has none.</summary>
    ITransactionSession? Transactions => null;

    void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    void Delete(ReadOnlySpan<byte> key);

    /// <summary>Writes all entries, atomically where the engine can.</summary>
    void Write(EntryBatch batch);

    /// <summary>Copies the value into <paramref name="buffer"/>.</summary>
    /// <returns>The value's length, or -1 if the key is absent.</returns>
    int Get(ReadOnlySpan<byte> key, Span<byte> buffer);

    /// <summary>
    /// Hands entries to <paramref name="sink"/> until it has enough: upwards from the first key at or above
    /// <paramref name="from"/>, or backwards from the last key at or below it. An empty key means from the end of the
    /// database where the direction begins.
    /// </summary>
    void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink);

    /// <summary>
    /// A session that reads the database as it is now, whatever is written later; null if the engine has none.
    /// </summary>
    IEngineSession? NewSnapshot();
}
