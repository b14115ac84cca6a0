using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// A checker that has never failed proves nothing: these bugs must make the model and crash tests fail.
[Collection(SeededBugsAlone.Name)]
public sealed class EngineSeededBugTests(ITestOutputHelper output)
{
    [Fact]
    public void The_model_finds_a_recovery_that_skips_records() => ModelFinds(SeededBug.RecoverySkipsRecords);

    [Fact]
    public void The_model_finds_a_flush_that_forgets_range_tombstones() =>
        ModelFinds(SeededBug.FlushForgetsRangeTombstones);

    [Fact]
    public async Task Ingests_beside_flushes_find_a_flush_that_is_told_too_early()
    {
        SeededBugs.Active = SeededBug.FlushIsToldTooEarly;
        try
        {
            // The ingest sees a MemTable above it, and stops the engine.
            await Assert.ThrowsAsync<InvariantException>(() => IngestBesideFlushes.PlayAsync(rounds: 200));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    [Fact]
    public void The_model_finds_a_compaction_that_ignores_snapshots() =>
        ModelFinds(SeededBug.RetentionIgnoresSnapshots);

    [Fact]
    public void The_model_finds_a_streak_that_ignores_other_runs() => ModelFinds(SeededBug.StreakIgnoresOtherRuns);

    [Fact]
    public void The_model_finds_a_step_back_without_the_restart_key() =>
        ModelFinds(SeededBug.BlockStepsBackWithoutTheRestartKey);

    [Fact]
    public void The_model_finds_a_table_that_does_not_tell_which_blobs_snapshots_need()
    {
        SeededBugs.Active = SeededBug.BlobUsesForgetOlderVersions;
        try
        {
            // The blob is deleted too early. Who misses it first depends on when MemTables were full: a reader of the
            // older version, a compaction that copies it and stops the engine, or the manifest, which counts its uses.
            var error = Assert.ThrowsAny<Exception>(() => PlayModel(seeds: 60));
            Assert.True(error is FerrisException or InvariantException, error.ToString());
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    [Fact]
    public void The_crashes_find_a_commit_that_is_acknowledged_before_its_sync() =>
        AssertFinds(SeededBug.CommitAcknowledgesBeforeSync, () =>
        {
            for (var operation = 0; operation < 60; operation++)
            {
                var run = new EngineCrashRun(seed: operation + 1, Durability.Sync);
                run.PlayUntilPowerFails(operation);
                run.CheckAfter(CrashKind.PowerFailureLosesUnsynced);
            }
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_missing_files_find_a_segment_that_is_not_in_the_manifest(bool isClosed) =>
        AssertFinds(
            SeededBug.WalSegmentIsNotInTheManifest,
            () => EngineDamageTests.LoseEachFile(SmallDatabase.Create(isClosed)));

    [Fact]
    public void The_crashes_find_a_segment_that_is_discarded_and_asked_for()
    {
        SeededBugs.Active = SeededBug.WalDiscardsWhatTheManifestKnows;
        try
        {
            // The next open refuses the database: nothing is lost, and nobody can get at it.
            var error = Assert.Throws<FerrisException>(() => new EngineCrashTests(output)
                .A_recovery_that_discards_a_segment_may_end_anywhere(CrashKind.PowerFailureLosesUnsynced));
            Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    private static void ModelFinds(SeededBug bug) => AssertFinds(bug, () => PlayModel(seeds: 30));

    private static void PlayModel(int seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var run = new EngineModelRun(seed);
            run.Play(steps: 250);
        }
    }

    private static void AssertFinds(SeededBug bug, Action runs)
    {
        SeededBugs.Active = bug;
        try
        {
            // The checkers compare; a bug that trips an invariant of the engine instead would not show that they do.
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(runs);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
