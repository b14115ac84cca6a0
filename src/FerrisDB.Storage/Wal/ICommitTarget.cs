namespace FerrisDB.Storage;

/// <summary>What commits change, as <see cref="GroupCommit"/> sees it: the tree, or a stand-in for it.</summary>
/// <remarks>
/// For each commit in the order of versions: prepare, (the log is appended to), apply. For each group, once it is as
/// durable as it must be: publish. Prepare and apply are called by one thread at a time, publish and fail by another
/// one at a time, at once with the first.
/// </remarks>
internal interface ICommitTarget
{
    /// <summary>
    /// Makes room for a batch, waiting if writers must be slowed down. What it throws is that commit's error alone, of
    /// which nothing has been written yet.
    /// </summary>
    /// <param name="entries">Entries of the batch.</param>
    /// <param name="bytes">Bytes of its payload.</param>
    ValueTask PrepareAsync(int entries, long bytes);

    /// <summary>
    /// Applies a canonical batch for which room was prepared. It is not to be seen before it is published.
    /// </summary>
    void Apply(long version, ReadOnlySpan<byte> payload, int entries);

    /// <summary>Shows everything up to a version, which is greater than the last one, to readers.</summary>
    void Publish(long version);

    /// <summary>Writes have stopped for good: what has been applied and not published never will be.</summary>
    void Fail(Exception failure);
}
