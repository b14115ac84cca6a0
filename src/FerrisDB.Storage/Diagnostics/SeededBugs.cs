#if FERRIS_CHECKED
namespace FerrisDB.Storage;

/// <summary>
/// Bugs that tests switch on to show that their checkers find them. They exist in the checked flavour alone, so that
/// no release build can contain one.
/// </summary>
/// <remarks>
/// Process-wide: a test that sets one belongs to the collection <c>SeededBugs</c>, which runs by itself.
/// </remarks>
internal static class SeededBugs
{
    /// <summary>The bug that is switched on, or <see cref="SeededBug.None"/>.</summary>
    public static volatile SeededBug Active = SeededBug.None;

    /// <summary>
    /// In the middle of what a bug does wrong: others get the time to see it, on a machine with idle cores and on a
    /// busy one, so that no test needs luck to find it.
    /// </summary>
    public static void Linger()
    {
        Thread.SpinWait(20);
        Thread.Yield();
    }
}

/// <summary>Each names the line that it breaks.</summary>
internal enum SeededBug
{
    None = 0,

    /// <summary>Group commit publishes a group before an older one is durable.</summary>
    CommitPublishesOutOfOrder,

    /// <summary>Epochs free what was unlinked without looking who still reads.</summary>
    EpochIgnoresReaders,

    /// <summary>Epochs read the slots without making the readers' stores visible first.</summary>
    EpochReclaimsWithoutBarrier,

    /// <summary>The skip list overwrites a link that another writer has changed meanwhile.</summary>
    SkipListLinksWithoutCas,

    /// <summary>The B+tree makes room for a slot by overwriting those behind it one after the other.</summary>
    BTreeShiftsFromTheLeft,

    /// <summary>The B+tree empties the upper half of a full leaf before it links the copy.</summary>
    BTreeGivesUpSlotsBeforeLinking,

    /// <summary>The B+tree marks an entry as an older version before it makes room for the newer one.</summary>
    BTreeMarksBeforeShifting,

    /// <summary>A MemTable that is loaded by recovery forgets a run of entries that is full.</summary>
    MemTableDropsFullRuns,

    /// <summary>The block cache frees what it evicts at once, under the feet of readers.</summary>
    CacheFreesWithoutEpoch,

    /// <summary>A cursor steps on within a block past the key that another run would show next.</summary>
    StreakIgnoresOtherRuns,

    /// <summary>A step back within a block leaves bytes that are shared with the restart key as they were.</summary>
    BlockStepsBackWithoutTheRestartKey,

    /// <summary>The manifest acknowledges an edit that is not synced.</summary>
    ManifestSkipsSync,

    /// <summary>CURRENT names a manifest whose content is not synced.</summary>
    CurrentNamesUnsyncedManifest,

    /// <summary>A torn end of the manifest is accepted although valid records follow the damage.</summary>
    ManifestEndsAtAnyDamage,

    /// <summary>The picker lets new tables of L0 sink past older ones that are being compacted.</summary>
    CompactionsCross,

    /// <summary>Recovery of the log shows what lies in the page cache without making it durable.</summary>
    WalRecoveryTrustsThePageCache,

    /// <summary>What is left of a segment when recovery has read all of it is not written again.</summary>
    WalHardeningForgetsTheRest,

    /// <summary>A sync of the log forgets the segments before the one that is appended to.</summary>
    WalSyncsTheLastSegmentAlone,

    /// <summary>Records of the log check out whatever use of the file they were written in.</summary>
    WalRecordsHaveNoEpoch,

    /// <summary>The manifest is told of a segment whose header is not durable.</summary>
    WalHeaderIsNotSynced,

    /// <summary>A sync is answered before the manifest knows the segment.</summary>
    WalSyncDoesNotConfirm,

    /// <summary>The log lets go of the segment that the manifest knows before it knows the next one.</summary>
    WalReleasesWhatTheManifestKnows,

    /// <summary>Recovery takes a segment without a header for damaged, although nothing of it was promised.</summary>
    WalRecoveryWantsEveryHeader,

    /// <summary>A commit is answered as durable before its sync.</summary>
    CommitAcknowledgesBeforeSync,

    /// <summary>Recovery leaves out a record of the log now and then.</summary>
    RecoverySkipsRecords,

    /// <summary>A flush leaves the range tombstones of its MemTable behind.</summary>
    FlushForgetsRangeTombstones,

    /// <summary>Flush and compaction keep the newest version of each key alone, whatever snapshots read.</summary>
    RetentionIgnoresSnapshots,

    /// <summary>A table does not count its references to blobs that only snapshots follow.</summary>
    BlobUsesForgetOlderVersions,

    /// <summary>The manifest is not told in which segment the log goes on.</summary>
    WalSegmentIsNotInTheManifest,

    /// <summary>A repair writes the entries of a damaged table to a new one, but not its range tombstones.</summary>
    RepairForgetsRangeTombstones,

    /// <summary>Recovery discards a segment that the manifest goes on to ask for.</summary>
    WalDiscardsWhatTheManifestKnows,

    /// <summary>A backup counts although its files may be lost with the power.</summary>
    BackupSkipsSync,

    /// <summary>A restored database counts although its files may be lost with the power.</summary>
    RestoreSkipsSync,

    /// <summary>A restore takes all of the log, also what is newer than the version asked for.</summary>
    RestoreIgnoresTheVersion,

    /// <summary>A backup has the tables alone, and claims the versions of the log.</summary>
    BackupForgetsTheLog,

    /// <summary>Whoever keeps the log in backups does not hold it from one step to the next.</summary>
    ArchiveLetsTheLogGo,

    /// <summary>A small file in memory that grows begins with zeros.</summary>
    SmallMemoryFileLosesItsBytes,

    /// <summary>Pruning removes all files of the backups that go, also those that others have.</summary>
    PruneForgetsWhatIsShared,

    /// <summary>A MemTable counts as flushed a moment before its table is there instead of it.</summary>
    FlushIsToldTooEarly,
}
#endif
