namespace FerrisDB.Storage;

/// <summary>A commit whose content depends on all commits before it, and so is decided at its turn.</summary>
/// <remarks>
/// This is where a transaction learns whether it conflicts, and what its atomic operations result in.
/// </remarks>
internal interface ICommitDecision
{
    /// <summary>
    /// Called once, by the owner of the append stage: everything before has been applied to the tree, though perhaps
    /// not published, and nothing after has. Fills the batch, if it is not what it should be yet, and returns its
    /// version, above the last one; or returns 0: then nothing is written. What it throws is that commit's error alone.
    /// </summary>
    /// <param name="lastVersion">The version of the commit before.</param>
    /// <param name="batch">
    /// For what is to be written; as whoever commits it has left it. A batch that is empty is logged all the same.
    /// </param>
    long Decide(long lastVersion, WriteBatch batch);
}
