using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>
/// One table file in use: its metadata, and a count of who still needs the file.
/// </summary>
/// <remarks>
/// Born with one reference, which belongs to its creator (<see cref="TableSet.Apply"/> passes it on to the new set).
/// The count never rises from zero. A table that the tree no longer names is marked obsolete by someone who holds a
/// reference; whoever gives back the last one then runs the callback, once, which deletes the file. A table that is not
/// obsolete outlives all references: it is the engine that closes, not the file that goes.
/// The level is not part of it, because a table moves down without being rewritten.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TableHandle(TableMetadata metadata, Action<TableHandle>? deleteFile = null)
{
    private int _references = 1; // changed by interlocked operations alone
    private volatile SSTableReader? _reader;
    private volatile bool _isObsolete; // set while a reference is held, read by whoever takes the count to zero

    public TableMetadata Metadata { get; } = metadata;

    public long FileNumber => Metadata.FileNumber;

    public KeyRange Span => Metadata.Span;

    /// <summary>The open table, or null. Belongs to the <see cref="TableCache"/>, which alone writes it.</summary>
    public SSTableReader? Reader
    {
        get => _reader;
        set => _reader = value;
    }

    /// <summary>
    /// True once no current <see cref="TableSet"/> names the table: its file goes with the last reference.
    /// </summary>
    public bool IsObsolete => _isObsolete;

    /// <summary>For tests and metrics; may be stale as soon as it is read.</summary>
    public int ReferenceCount => Volatile.Read(ref _references);

    /// <summary>Takes a reference, or returns false if the last one is gone and the table with it.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Gives a reference back. The last one of an obsolete table deletes its file on this thread.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        Invariant.That(left >= 0);
        if (left == 0 && _isObsolete)
            deleteFile?.Invoke(this);
    }

    /// <summary>Says that the file may go when the last reference does. The caller holds one.</summary>
    public void MarkObsolete()
    {
        Invariant.That(Volatile.Read(ref _references) > 0);
        _isObsolete = true;
    }

    public override string ToString() => $"{FileNumber}.sst";
}
