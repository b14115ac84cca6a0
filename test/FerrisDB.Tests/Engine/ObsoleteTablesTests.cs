using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// Files of tables that the tree no longer names go when the last reader has left. Whoever reads too long, or dies, must
// not leave them behind for good. These tests run alone: a reader of any database keeps what is retired while it reads.
[Collection(SeededBugsAlone.Name)]
public sealed class ObsoleteTablesTests
{
    private readonly MemoryFileSystem _disk = new();

    [Fact]
    public void Tables_that_nobody_reads_go_while_the_database_is_open()
    {
        var scheduler = new ManualScheduler();
        using var engine = StorageEngine.Open("db", FaultRun.Options(_disk, scheduler));
        Rewrite(engine, scheduler);
        HandDriven.RunUntil(scheduler, () =>
        {
            Epochs.Collect();
            return TableFiles().SequenceEqual(NamedTables());
        });
        Assert.Equal(NamedTables(), TableFiles());
    }

    [Fact]
    public void Tables_whose_reader_left_before_the_database_is_closed_go_then()
    {
        var scheduler = new ManualScheduler();
        using (var engine = StorageEngine.Open("db", FaultRun.Options(_disk, scheduler)))
        {
            using (Epochs.Enter())
                Rewrite(engine, scheduler);
            Assert.NotEqual(NamedTables(), TableFiles());
        }
        Assert.Equal(NamedTables(), TableFiles());
    }

    [Fact]
    public void Tables_that_are_read_while_the_database_is_closed_go_at_the_next_open()
    {
        var scheduler = new ManualScheduler();
        using (Epochs.Enter())
        {
            using var engine = StorageEngine.Open("db", FaultRun.Options(_disk, scheduler));
            Rewrite(engine, scheduler);
        }
        Assert.NotEqual(NamedTables(), TableFiles());
        StorageEngine.Open("db", FaultRun.Options(_disk, new ManualScheduler())).Dispose();
        Assert.Equal(NamedTables(), TableFiles());
    }

    // Each round is a table, and the compaction makes all but one of them obsolete.
    private static void Rewrite(StorageEngine engine, ManualScheduler scheduler)
    {
        for (var round = 0; round < 3; round++)
        {
            engine.Put("key"u8, [(byte)round]);
            HandDriven.Finish(engine.FlushAsync(), scheduler);
        }
        HandDriven.Finish(engine.CompactAsync(), scheduler);
    }

    private List<string> NamedTables() =>
        [.. ManifestLog.Recover(_disk, "db")!.Tables
            .Select(table => FileNames.Table(table.Metadata.FileNumber)).Order(StringComparer.Ordinal)];

    private List<string> TableFiles() =>
        [.. _disk.List("db").Where(name => name.EndsWith(".sst", StringComparison.Ordinal))];
}
