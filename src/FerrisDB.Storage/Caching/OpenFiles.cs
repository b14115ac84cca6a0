namespace FerrisDB.Storage;

/// <summary>
/// The files that are open, at most so many: whoever opens another one closes the first that was not read since the
/// hand of a clock came by last.
/// </summary>
/// <remarks>Not thread-safe: its owner calls it under a lock. A reader still in use is closed once nobody is.</remarks>
/// <param name="openMax">At least 1.</param>
internal sealed class OpenFiles<THandle, TReader>(int openMax)
    where THandle : class, IReaderPlace<TReader>
    where TReader : class, IOpenFile
{
    private readonly List<THandle> _open = [];
    private int _hand;

    public int Count => _open.Count;

    /// <summary>Bytes that they occupy outside the block cache.</summary>
    public long MemoryBytes => _open.Sum(handle => handle.Reader!.MemoryBytes);

    /// <summary>Takes over a reader, for a handle that has none.</summary>
    public void Attach(THandle handle, TReader reader)
    {
        if (_open.Count >= openMax)
            CloseAt(ChooseUnused());
        handle.Reader = reader;
        _open.Add(handle);
    }

    /// <summary>Closes a file if it is open.</summary>
    public void Close(THandle handle)
    {
        if (handle.Reader is not null)
            CloseAt(_open.IndexOf(handle));
    }

    public void CloseAll()
    {
        while (_open.Count > 0)
            CloseAt(_open.Count - 1);
    }

    private int ChooseUnused()
    {
        while (true)
        {
            _hand = _hand < _open.Count ? _hand : 0;
            var reader = _open[_hand].Reader!;
            if (!reader.WasUsed)
                return _hand;
            reader.WasUsed = false;
            _hand++;
        }
    }

    private void CloseAt(int index)
    {
        var handle = _open[index];
        var reader = handle.Reader!;
        _open[index] = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        handle.Reader = null;
        Epochs.Retire(reader);
    }
}
