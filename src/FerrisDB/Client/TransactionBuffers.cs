namespace FerrisDB;

// Writes are kept in one of two forms. A transaction that reads its own writes, or does more than to set and to clear,
// needs the map: it answers what a read sees. Many do neither. Their writes go straight into the batch that the commit
// will write, in the order of the calls, as the storage engine's own user would put them there: the journal.
//
//     begin ──► journal  ── set, clear, clear range ──► journal ── commit ──►  the batch as it is
//                  │
//                  └── read of own writes, atomic operation, conflict range, ... ──►  map  ── commit ──►  a batch of it
//
// The map is what the same calls would have made of it: whoever asks for it gets the journal replayed. It goes back to
// the journal when all is forgotten.

/// <summary>The memory that a transaction works in, passed on from one that has ended to one that begins.</summary>
internal sealed class TransactionBuffers
{
    // Half of what a batch holds at most.
    private const long JournalBytesMax = 1 << 29;

    private readonly int _valueSizeLimitBytes;
    private readonly bool _keepsJournal;
    private WriteMap _map;
    private bool _isJournal;
    private long _journalBytes;

    /// <param name="valueSizeLimitBytes">What a value that is appended to must fit into.</param>
    /// <param name="keepsJournal">False if the commit wants no batch.</param>
    public TransactionBuffers(int valueSizeLimitBytes, bool keepsJournal)
    {
        _valueSizeLimitBytes = valueSizeLimitBytes;
        _keepsJournal = _isJournal = keepsJournal;
        _map = new WriteMap(valueSizeLimitBytes);
    }

    /// <summary>Held by whoever works in it.</summary>
    public Lock Gate { get; } = new();

    public CommitTransaction Commit { get; } = new();

    /// <summary>All that was written is in the batch of the commit, and only there.</summary>
    public bool IsJournal => _isJournal;

    /// <summary>Whether there is something to commit: a mutation or a write conflict range.</summary>
    public bool HasAnythingToCommit => _isJournal ? Commit.Batch.Count > 0 : _map.HasAnythingToCommit;

    /// <summary>As <see cref="WriteMap.ApproximateSizeBytes"/>.</summary>
    public long ApproximateSizeBytes => _isJournal ? _journalBytes : _map.ApproximateSizeBytes;

    /// <summary>The writes in the form that reads need.</summary>
    public WriteMap Writes
    {
        get
        {
            if (_isJournal)
                Replay();
            return _map;
        }
    }

    /// <summary>The writes, to be changed: a copy of them, if a read is looking at what they are now.</summary>
    public WriteMap WritesToChange()
    {
        var writes = Writes;
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.ReadsSeeLaterWrites)
            return writes;
#endif
        if (writes.Readers > 0)
            _map = writes.Copy();
        return _map;
    }

    /// <summary>Gives a key a value.</summary>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool addsConflict)
    {
        if (GoesToJournal(MutationKind.Set, key, value, addsConflict))
            Commit.Batch.Put(key, value);
        else
            WritesToChange().Set(key, value, addsConflict);
    }

    /// <summary>Removes a key.</summary>
    public void Clear(ReadOnlySpan<byte> key, bool addsConflict)
    {
        if (GoesToJournal(MutationKind.Clear, key, [], addsConflict))
            Commit.Batch.Delete(key);
        else
            WritesToChange().Clear(key, addsConflict);
    }

    /// <summary>Removes the keys of a range; nothing happens if it is empty.</summary>
    public void ClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool addsConflict)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        if (GoesToJournal(MutationKind.ClearRange, begin, end, addsConflict))
            Commit.Batch.DeleteRange(begin, end);
        else
            WritesToChange().ClearRange(begin, end, addsConflict);
    }

    public void Clear()
    {
        if (_map.Readers > 0)
            _map = new WriteMap(_valueSizeLimitBytes);
        else if (!_isJournal)
            _map.Clear();
        _isJournal = _keepsJournal;
        _journalBytes = 0;
        Commit.Clear();
    }

    private bool GoesToJournal(
        MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand, bool addsConflict)
    {
        if (!_isJournal || !addsConflict)
            return false;
        var bytes = _journalBytes + WriteMap.SizeOf(kind, key, operand) + WriteMap.ConflictSizeOf(kind, key, operand);
        if (bytes > JournalBytesMax)
            return false;
        _journalBytes = bytes;
#if FERRIS_CHECKED
        // It is in neither.
        if (SeededBugs.Active == SeededBug.CommitLosesTheLastMutation && Commit.Batch.Count >= 3)
            Commit.Batch.Clear();
#endif
        return true;
    }

    // The batch stays as it is: its commit may be under way already.
    private void Replay()
    {
        _isJournal = false;
        for (var mutations = new BatchMutations(Commit.Batch); mutations.MoveNext();)
        {
            var mutation = mutations.Current;
#if FERRIS_CHECKED
            if (ClientBugs.Active == ClientBug.ReplayForgetsClears && mutation.Kind == MutationKind.Clear)
                continue;
#endif
            if (mutation.Kind == MutationKind.Set)
                _map.Set(mutation.Key, mutation.Operand, addsConflict: true);
            else if (mutation.Kind == MutationKind.Clear)
                _map.Clear(mutation.Key, addsConflict: true);
            else
                _map.ClearRange(mutation.Key, mutation.Operand, addsConflict: true);
        }
    }
}
