namespace FerrisDB;

/// <summary>
/// Buffers that wait for their next transaction, a few of them, each thread looking in a place of its own.
/// </summary>
/// <remarks>Thread-safe without a lock: a place is emptied and filled with one exchange.</remarks>
/// <param name="valueSizeLimitBytes">What a value that is appended to must fit into.</param>
/// <param name="keepsJournal">See <see cref="TransactionBuffers"/>.</param>
internal sealed class BufferPool(int valueSizeLimitBytes, bool keepsJournal)
{
    private const int Places = 32;

    private readonly TransactionBuffers?[] _places = new TransactionBuffers?[Places];

    public TransactionBuffers Rent() => Interlocked.Exchange(ref Place, null) ?? new(valueSizeLimitBytes, keepsJournal);

    /// <summary>Takes back buffers that nobody uses any more.</summary>
    public void Return(TransactionBuffers buffers)
    {
        buffers.Clear();
        Volatile.Write(ref Place, buffers);
    }

    private ref TransactionBuffers? Place => ref _places[Environment.CurrentManagedThreadId % Places];
}
