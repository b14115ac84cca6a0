namespace FerrisDB;

/// <summary>The memory that a transaction works in, passed on from one that has ended to one that begins.</summary>
internal sealed class TransactionBuffers(int valueSizeLimitBytes)
{
    public WriteMap Writes { get; private set; } = new(valueSizeLimitBytes);

    public CommitTransaction Commit { get; } = new();

    /// <summary>The writes, to be changed: a copy of them, if a read is looking at what they are now.</summary>
    public WriteMap WritesToChange()
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.ReadsSeeLaterWrites)
            return Writes;
#endif
        if (Writes.Readers > 0)
            Writes = Writes.Copy();
        return Writes;
    }

    public void Clear()
    {
        if (Writes.Readers > 0)
            Writes = new WriteMap(valueSizeLimitBytes);
        Writes.Clear();
        Commit.Clear();
    }
}
