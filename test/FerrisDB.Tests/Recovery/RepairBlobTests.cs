using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

// Large values that cannot be read any more are named, one by one; all others are saved.
public sealed class RepairBlobTests
{
    private const int Keys = 10;

    private readonly MemoryFileSystem _disk = new();
    private readonly string _blob;

    public RepairBlobTests()
    {
        var scheduler = new ManualScheduler();
        var options = OptionsOn(_disk, scheduler) with { LargeValueBytesMin = 60 };
        using (var engine = StorageEngine.Open(Folder, options))
        {
            var batch = new WriteBatch();
            for (var number = 0; number < Keys; number++)
                batch.Put(Key(number), Value(number));
            Finish(engine.WriteAsync(batch), scheduler);
            Finish(engine.FlushAsync(), scheduler);
        }
        scheduler.DropAll();
        _blob = _disk.List(Folder).Single(name => name.EndsWith(".blob", StringComparison.Ordinal));
    }

    private string BlobPath => Path.Combine(Folder, _blob);

    [Fact]
    public void A_damaged_value_is_lost_by_name_and_the_others_go_back_into_the_table()
    {
        DamagedFile.Flip(_disk, BlobPath, BlobFormat.HeaderSize + BlobFormat.RecordHeaderSize + 8);

        var plan = Repair();

        var loss = Assert.Single(plan.Losses);
        Assert.Equal($"{_blob}: 1 entry from key00 to key00 of version 1 is lost", loss.ToString());
        Assert.Contains(plan.Damage, finding => finding.File == _blob && finding.Offset == BlobFormat.HeaderSize);
        Assert.Contains(_blob, plan.FilesSetAside);
        CheckContent(lost: [0]);
    }

    [Fact]
    public void A_damaged_header_loses_nothing()
    {
        DamagedFile.Flip(_disk, BlobPath, 3);
        Assert.Empty(Repair().Losses);
        CheckContent(lost: []);
    }

    [Fact]
    public void A_blob_that_was_cut_keeps_what_is_left()
    {
        var bytes = DamagedFile.Read(_disk, BlobPath);
        DamagedFile.Replace(_disk, BlobPath, bytes.AsSpan(0, bytes.Length - BlobFormat.FooterSize - 1));
        var loss = Assert.Single(Repair().Losses);
        Assert.True(loss.Concerns(Key(Keys - 1)) && !loss.Concerns(Key(Keys - 2)));
        CheckContent(lost: [Keys - 1]);
    }

    [Fact]
    public void A_missing_blob_is_one_loss_of_all_its_values()
    {
        _disk.Delete(BlobPath);
        var loss = Assert.Single(Repair().Losses);
        Assert.Equal((_blob, Keys), (loss.File, loss.Count));
        CheckContent(lost: Enumerable.Range(0, Keys));
    }

    [Fact]
    public void Without_a_manifest_whole_blobs_stay_as_they_are()
    {
        foreach (var name in _disk.List(Folder).Where(name => name.StartsWith("MANIFEST", StringComparison.Ordinal)))
            _disk.Delete(Path.Combine(Folder, name));
        Assert.Empty(Repair().Losses);
        Assert.Contains(_blob, _disk.List(Folder));
        CheckContent(lost: []);
    }

    private static byte[] Key(int number) => Bytes($"key{number:00}");

    private static byte[] Value(int number) => Bytes($"{number}: {new string((char)('a' + number), 80)}");

    private RepairPlan Repair()
    {
        var plan = StorageEngine.PlanRepair(Folder, OptionsOn(_disk));
        Blocking.Wait(StorageEngine.ApplyRepairAsync(plan));
        var report = StorageEngine.Verify(Folder, OptionsOn(_disk));
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        return plan;
    }

    private void CheckContent(IEnumerable<int> lost)
    {
        using var engine = StorageEngine.Open(Folder, OptionsOn(_disk));
        for (var number = 0; number < Keys; number++)
            Assert.Equal(lost.Contains(number) ? null : Value(number), engine.Get(Key(number)));
    }
}
