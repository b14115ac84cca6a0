namespace FerrisDB;

/// <summary>
/// What few transactions ever have: reads that are under way, watches, errors, what special keys have told. The others
/// do not take the memory for it.
/// </summary>
/// <remarks>Belongs to a <see cref="TransactionContext"/>, and is touched under its gate.</remarks>
internal sealed class TransactionRarities
{
    /// <summary>The reads that the commit waits for; null if there was none since it was asked last.</summary>
    public List<Task>? PendingReads;

    /// <summary>The watches that wait for the commit; null if there is none.</summary>
    public List<PendingWatch>? Watches;

    public FerrisException? Deferred;
    public FerrisException? ReadFailure;
    public FerrisException? Misuse;
    public IReadOnlyList<KeyRange> Conflicting = [];
    public TracingKeys? Tracing;
    public SpecialChanges? SpecialChanges;
    public byte[]? SpecialFailure;
    public byte[]? ServerStatus;
}
