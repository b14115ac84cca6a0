namespace FerrisDB.Transactions;

/// <summary>Goes through the operations of a batch as mutations, in the order in which they were put there.</summary>
/// <remarks>Valid until the batch is changed.</remarks>
internal ref struct BatchMutations(WriteBatch batch)
{
    private BatchReader _operations = batch.ReadOperations();
    private BatchEntry _current;

    public readonly MutationView Current => new(
        _current.Kind switch
        {
            BatchEntryKind.Put => MutationKind.Set,
            BatchEntryKind.Delete => MutationKind.Clear,
            _ => MutationKind.ClearRange,
        },
        _current.Key,
        _current.Value);

    public bool MoveNext() => _operations.TryNext(out _current);
}
