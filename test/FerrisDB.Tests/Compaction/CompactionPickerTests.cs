using FerrisDB.Storage;

namespace FerrisDB.Tests.Compaction;

// Random trees, compacted by whatever the picker wants, up to two compactions at once that end in any order. TableSet
// checks its own invariants at each change; every read is compared with what was written.
public sealed class CompactionPickerTests
{
    private const int StepsMax = 500;

    private static readonly StorageOptions Options = new()
    {
        TableSizeBytes = 8_000,
        L1SizeBytes = 32_000,
        LevelSizeMultiplier = 3,
        CompressionPerLevel = [Compression.None],
    };

    [Fact]
    public void Reads_stay_right_whatever_is_compacted_at_once()
    {
        for (var seed = 0; seed < 20; seed++)
            AssertReadsStayRight(seed);
    }

    [Fact]
    public void Compaction_ends_with_every_level_within_its_target()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var tree = new TreeModel(Options, seed);
            for (var flush = 0; flush < 40; flush++)
                tree.Flush();

            var steps = 0;
            while (tree.TryStart() is not null)
            {
                tree.Finish();
                Assert.True(++steps < StepsMax, $"seed {seed}: no end in sight\n{tree.Draw()}");
            }

            var targets = new LevelTargets(tree.Tables, Options);
            for (var level = 0; level < TableSet.LevelCount; level++)
                Assert.True(
                    targets.Score(level, new HashSet<TableHandle>()) < 1, $"seed {seed}: L{level}\n{tree.Draw()}");
            Assert.Equal(0, CompactionDebt.EstimateBytes(tree.Tables, Options));
            AssertReads(tree, seed);
        }
    }

    [Fact]
    public void A_compaction_that_was_asked_for_leaves_the_bottom_alone_and_clean()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var tree = new TreeModel(Options, seed);
            for (var step = 0; step < 60; step++)
                Act(tree, random);
            tree.ReleaseSnapshots();
            CompactAll(tree, seed);

            for (var level = 0; level < TableSet.BottomLevel; level++)
                Assert.True(tree.Tables.Level(level).IsEmpty, $"seed {seed}: L{level}\n{tree.Draw()}");
            foreach (var table in tree.Tables.Level(TableSet.BottomLevel))
                Assert.False(Garbage.IsIn(table.Metadata), $"seed {seed}: {table}");
            AssertReads(tree, seed);
        }
    }

    internal static void AssertReadsStayRight(int seed)
    {
        var random = new Random(seed);
        var tree = new TreeModel(Options, seed);
        for (var step = 0; step < 150; step++)
        {
            Act(tree, random);
            if (step % 10 == 0)
                AssertReads(tree, seed);
        }
    }

    private static void CompactAll(TreeModel tree, int seed)
    {
        var manual = new ManualCompaction(range: null);
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < StepsMax, $"seed {seed}: no end in sight\n{tree.Draw()}");
            var plan = tree.TryStart(manual, out var mustWait);
            if (plan is null && !mustWait)
                return;
            tree.Finish();
        }
    }

    private static void Act(TreeModel tree, Random random)
    {
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                tree.Flush();
                break;
            case 3 or 4 when tree.RunningCount < 3:
                tree.TryStart();
                break;
            case 5 or 6 when tree.RunningCount > 0:
                tree.Finish();
                break;
            case 7 when random.Next(4) == 0:
                tree.TakeSnapshot();
                break;
            case 7 when random.Next(4) == 0:
                tree.ReleaseSnapshots();
                break;
        }
    }

    private static void AssertReads(TreeModel tree, int seed)
    {
        for (var key = 0; key < TreeModel.KeyCount; key++)
        {
            var (expected, read) = (tree.Expected(key), tree.Read(key));
            Assert.True(expected == read, $"seed {seed}, key {key}: expected {expected}, read {read}\n{tree.Draw()}");
        }
    }
}
