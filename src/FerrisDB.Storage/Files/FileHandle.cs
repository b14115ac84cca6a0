namespace FerrisDB.Storage;

/// <summary>A file of the database in use, and a count of who still needs it.</summary>
/// <remarks>
/// Born with one reference, which belongs to its creator (<see cref="TableSet.Apply"/> passes it on to the new set).
/// The count never rises from zero. A file that the tree no longer names is marked obsolete by someone who holds a
/// reference; whoever gives back the last one then deletes it, once. A file that is not obsolete outlives all
/// references: it is the engine that closes, not the file that goes.
/// </remarks>
internal abstract class FileHandle
{
    private ReferenceCount _references = new();
    private volatile bool _isObsolete; // set while a reference is held, read by whoever takes the count to zero

    /// <summary>
    /// True once no current <see cref="TableSet"/> names the file: it goes with the last reference.
    /// </summary>
    public bool IsObsolete => _isObsolete;

    /// <summary>For tests and metrics; may be stale as soon as it is read.</summary>
    public int ReferenceCount => _references.Value;

    /// <summary>Takes a reference, or returns false if the last one is gone and the file with it.</summary>
    public bool TryAcquire() => _references.TryAcquire();

    /// <summary>Gives a reference back. The last one of an obsolete file deletes it on this thread.</summary>
    public void Release()
    {
        if (_references.Release() && _isObsolete)
            DeleteFile();
    }

    /// <summary>Says that the file may go when the last reference does. The caller holds one.</summary>
    public void MarkObsolete()
    {
        Invariant.That(_references.Value > 0);
        _isObsolete = true;
    }

    /// <summary>Called once, when nobody needs the obsolete file any more.</summary>
    protected abstract void DeleteFile();
}
