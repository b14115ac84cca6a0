namespace FerrisDB;

/// <summary>The memory that a transaction works in, passed on from one that has ended to one that begins.</summary>
internal sealed class TransactionBuffers(int valueSizeLimitBytes)
{
    public WriteMap Writes { get; } = new(valueSizeLimitBytes);

    public CommitTransaction Commit { get; } = new();

    public void Clear()
    {
        Writes.Clear();
        Commit.Clear();
    }
}
