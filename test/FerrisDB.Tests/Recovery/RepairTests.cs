using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

// Each case: the plan as a person reads it (a golden text), then all that must hold of every repair.
public sealed class RepairTests
{
    [Fact]
    public void A_damaged_data_block_costs_its_entries_and_no_others()
    {
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(6), BlockKind.Data, index: 1);
        Check(scene, "data-block");
    }

    [Fact]
    public void Older_values_that_show_again_are_named()
    {
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(0), BlockKind.Data);
        var plan = Check(scene, "newer-block");
        Assert.All(plan.Losses, loss => Assert.True(loss.OlderDataShows));
    }

    [Fact]
    public void Lost_range_deletes_are_named()
    {
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(0), BlockKind.RangeTombstones);
        var plan = Check(scene, "range-tombstones");
        Assert.Equal(RepairLossKind.RangeDeletes, Assert.Single(plan.Losses).Kind);
    }

    [Theory]
    [InlineData("filter")]
    [InlineData("index")]
    [InlineData("properties")]
    public void What_only_describes_the_entries_is_made_anew_without_loss(string block)
    {
        var kind = Enum.Parse<BlockKind>(block, ignoreCase: true);
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(6), kind);
        scene.DamageBlock(scene.TableOf(0), kind);
        Assert.Empty(Check(scene, block).Losses);
    }

    [Fact]
    public void A_table_without_its_footer_loses_nothing()
    {
        var scene = new RepairScene();
        foreach (var path in new[] { scene.TableOf(0), scene.TableOf(6) })
            DamagedFile.Flip(scene.Disk, path, DamagedFile.Read(scene.Disk, path).Length - 20);
        Assert.Empty(Check(scene, "footer").Losses);
    }

    [Fact]
    public void A_table_that_was_cut_keeps_what_is_left()
    {
        var scene = new RepairScene();
        var content = DamagedFile.Read(scene.Disk, scene.TableOf(6));
        DamagedFile.Replace(scene.Disk, scene.TableOf(6), content.AsSpan(0, content.Length / 2));
        Check(scene, "cut-table");
    }

    [Fact]
    public void A_table_that_was_extended_loses_nothing()
    {
        var scene = new RepairScene();
        byte[] content = [.. DamagedFile.Read(scene.Disk, scene.TableOf(6)), 0, 0];
        DamagedFile.Replace(scene.Disk, scene.TableOf(6), content);
        Assert.Empty(Check(scene, "extended-table").Losses);
    }

    [Fact]
    public void A_missing_table_is_given_up()
    {
        var scene = new RepairScene();
        scene.Disk.Delete(scene.TableOf(0));
        Check(scene, "missing-table");
    }

    [Fact]
    public void Another_table_under_its_name_is_no_part_of_it()
    {
        var scene = new RepairScene();
        var foreign = DamagedFile.Read(scene.Disk, scene.TableOf(6));
        DamagedFile.Replace(scene.Disk, scene.TableOf(0), foreign);
        var plan = Check(scene, "foreign-table");
        Assert.Contains(plan.Losses, loss => loss.Kind == RepairLossKind.RangeDeletes);
    }

    [Fact]
    public void Without_a_manifest_all_tables_and_the_log_are_merged()
    {
        var scene = new RepairScene();
        scene.Disk.Delete(scene.Manifest);
        Assert.Empty(Check(scene, "manifest-lost").Losses);
        Assert.All(TablesOf(scene), table => Assert.Equal(TableSet.BottomLevel, table.Level));
    }

    [Fact]
    public void Without_a_manifest_an_ingested_table_may_be_taken_for_older_than_it_is()
    {
        var scene = new RepairScene(ingests: true);
        scene.Disk.Delete(scene.Manifest);
        var plan = Check(scene, "manifest-lost-ingested");
        Assert.Equal(RepairLossKind.Order, Assert.Single(plan.Losses).Kind);
    }

    [Fact]
    public void A_damaged_manifest_still_tells_the_version_of_an_ingested_table()
    {
        var scene = new RepairScene(ingests: true);
        // The last record: what was ingested is in one before.
        var bytes = DamagedFile.Read(scene.Disk, scene.Manifest);
        DamagedFile.Flip(scene.Disk, scene.Manifest, bytes.Length - ManifestFormat.RecordHeaderSize - 4);
        Assert.Empty(Check(scene, "manifest-damaged").Losses);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("damaged")]
    public void Without_CURRENT_the_manifest_is_found(string how)
    {
        var scene = new RepairScene();
        var current = Path.Combine(Folder, FileNames.Current);
        if (how == "missing")
            scene.Disk.Delete(current);
        else if (how == "empty")
            DamagedFile.Replace(scene.Disk, current, []);
        else
            DamagedFile.Flip(scene.Disk, current, 3);
        Assert.Empty(Check(scene, $"current-{how}").Losses);
    }

    [Fact]
    public void Of_a_log_that_is_damaged_in_the_middle_the_beginning_is_kept()
    {
        var scene = new RepairScene();
        DamagedFile.Flip(scene.Disk, scene.Log, RecordOffset(scene, version: 47) + WalFormat.RecordHeaderSize + 3);
        var plan = Check(scene, "log-middle");
        Assert.Equal((46, 1), (plan.LastVersion, plan.Losses.Single().Count));
    }

    [Fact]
    public void A_record_whose_content_is_in_tables_is_not_missed()
    {
        var scene = new RepairScene();
        DamagedFile.Flip(scene.Disk, scene.Log, RecordOffset(scene, version: 44) + 2);
        Assert.Empty(Check(scene, "log-flushed").Losses);
    }

    [Fact]
    public void A_log_without_its_header_is_replayed_from_the_versions_of_its_records()
    {
        var scene = new RepairScene();
        DamagedFile.Flip(scene.Disk, scene.Log, 20);
        Assert.Empty(Check(scene, "log-header").Losses);
    }

    [Fact]
    public void A_missing_log_is_given_up()
    {
        var scene = new RepairScene();
        scene.Disk.Delete(scene.Log);
        Check(scene, "log-missing");
    }

    [Fact]
    public void A_sound_database_is_not_repaired()
    {
        var scene = new RepairScene();
        var plan = Check(scene, "sound");
        Assert.False(plan.IsNeeded);
        Assert.Throws<InvalidOperationException>(() => Blocking.Wait(StorageEngine.ApplyRepairAsync(plan)));
    }

    [Fact]
    public void A_folder_that_has_changed_since_is_not_repaired()
    {
        var scene = new RepairScene();
        var table = scene.TableOf(6);
        var good = DamagedFile.Read(scene.Disk, table);
        scene.DamageBlock(table, BlockKind.Data);
        var plan = scene.Plan();
        DamagedFile.Replace(scene.Disk, table, good);
        var error = Assert.Throws<InvalidOperationException>(() => Blocking.Wait(StorageEngine.ApplyRepairAsync(plan)));
        Assert.Contains("changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_somebody_has_open_is_neither_planned_nor_repaired()
    {
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(6), BlockKind.Data);
        var plan = scene.Plan();
        using (StorageEngine.Open(Folder, RepairScene.PlanOptions(scene.Disk)))
            Assert.Equal(ErrorCode.FolderLocked, Assert.Throws<FerrisException>(scene.Plan).Code);
        using var reader = StorageEngine.Open(Folder, RepairScene.PlanOptions(scene.Disk) with { ReadOnly = true });
        var error = Assert.Throws<FerrisException>(() => Blocking.Wait(StorageEngine.ApplyRepairAsync(plan)));
        Assert.Equal(ErrorCode.FolderLocked, error.Code);
    }

    [Fact]
    public void Files_of_a_newer_format_are_not_taken_for_damaged_ones()
    {
        var scene = new RepairScene();
        var path = scene.TableOf(6);
        var content = DamagedFile.Read(scene.Disk, path);
        var footer = content.AsSpan(content.Length - SSTableFormat.FooterSize);
        footer[56] = 2;
        BitConverter.TryWriteBytes(footer[60..], Crc32C.Of(footer[..60]));
        DamagedFile.Replace(scene.Disk, path, content);
        Assert.Equal(ErrorCode.FormatTooNew, Assert.Throws<FerrisException>(scene.Plan).Code);
    }

    [Fact]
    public void A_checkpoint_of_a_repaired_database_keeps_the_mark()
    {
        var scene = new RepairScene();
        scene.DamageBlock(scene.TableOf(6), BlockKind.Data);
        Blocking.Wait(StorageEngine.ApplyRepairAsync(scene.Plan()));
        using (var engine = StorageEngine.Open(Folder, RepairScene.PlanOptions(scene.Disk)))
            Blocking.Wait(engine.CheckpointAsync("copy"));
        using var copy = StorageEngine.Open("copy", RepairScene.PlanOptions(scene.Disk) with { ReadOnly = true });
        Assert.Contains("repaired with loss", Assert.Single(copy.Marks), StringComparison.Ordinal);
    }

    private static RepairPlan Check(RepairScene scene, string name)
    {
        GoldenFile.Check($"repair-{name}.txt", scene.Plan() + "\n");
        return RepairCheck.Run(scene.Disk, scene.Model);
    }

    private static IReadOnlyCollection<PlacedTable> TablesOf(RepairScene scene) =>
        ManifestLog.Recover(scene.Disk, Folder)!.Tables;

    private static long RecordOffset(RepairScene scene, long version)
    {
        using var reader = new WalReader(scene.Disk.Open(scene.Log, FileAccess.Read), number: null);
        while (reader.TryNext())
        {
            if (reader.Record.Version == version)
                return reader.Offset;
        }
        throw new InvalidOperationException($"version {version} is not in {scene.Log}");
    }
}
