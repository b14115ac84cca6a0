namespace FerrisDB.Transactions;

/// <summary>
/// A commit that writes nothing, at a version far above the last: none below it can be given out any more.
/// </summary>
/// <remarks>
/// Somebody outside may have read at versions that were lost with the machine's power. None of those to come may be
/// taken for one of them.
/// </remarks>
internal sealed class VersionGap : ICommitDecision
{
    /// <summary>As many as FoundationDB skips: no client is further ahead.</summary>
    public const long VersionsSkipped = 100 * Sequencer.VersionsPerSecond;

    long ICommitDecision.Decide(long lastVersion, WriteBatch batch) => lastVersion + VersionsSkipped;
}
