using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>
/// What a reader holds: the MemTables and the tables at one moment. Immutable; a new one replaces it whole.
/// </summary>
/// <remarks>
/// Two ways to hold one. A synchronous get stays inside an epoch and takes no reference. Cursors, checkpoints and
/// background work count: <see cref="TryAcquire"/> may fail when the view was replaced meanwhile, then take the new
/// one. The engine's own reference goes through <see cref="Epochs"/>, so a view never dies below a get.
/// </remarks>
internal sealed class ReadView : IRetirable
{
    // 1 for the engine while this is the current view, plus one for each counted reader.
    private ReferenceCount _references = new();

    /// <summary>Acquires every part; the caller holds the parts itself meanwhile.</summary>
    public ReadView(MemTable active, MemTable[] sealedMemTables, TableSet tables)
    {
        Active = active;
        Sealed = sealedMemTables;
        Tables = tables;
        var isHeld = active.TryAcquire() & tables.TryAcquire();
        foreach (var memTable in sealedMemTables)
            isHeld &= memTable.TryAcquire();
        Invariant.That(isHeld);
        AssertInvariants();
    }

    /// <summary>Takes the writes.</summary>
    public MemTable Active { get; }

    /// <summary>Waiting for their flush, newest first.</summary>
    public MemTable[] Sealed { get; }

    public TableSet Tables { get; }

    public bool TryAcquire() => _references.TryAcquire();

    public void Release()
    {
        if (!_references.Release())
            return;
        Active.Release();
        foreach (var memTable in Sealed)
            memTable.Release();
        Tables.Release();
    }

    /// <summary>No get can see this view any more: the engine's own reference goes.</summary>
    void IRetirable.Reclaim() => Release();

    // Versions never go backwards on the way down from the active MemTable.
    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        var newer = Active;
        foreach (var memTable in Sealed)
        {
            Invariant.Checked(
                newer.IsEmpty || memTable.IsEmpty || memTable.NewestVersion < newer.OldestVersion,
                $"a sealed MemTable ends at {memTable.NewestVersion}, the next begins at {newer.OldestVersion}");
            newer = memTable.IsEmpty ? newer : memTable;
        }
    }
}
