using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

public sealed class VerifierTests(ITestOutputHelper output)
{
    [Fact]
    public void A_closed_database_has_no_findings()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new MemoryFileSystem();
            var database = new SmallDatabase(disk, seed);
            database.Create();
            var progress = new List<VerifyProgress>();
            var report = StorageEngine.Verify(Folder, OptionsOn(disk), progress.Add);
            Assert.Empty(DamageIn(report));
            Assert.True(report.TableEntries > 0 && report.LogRecords > 0);
            Assert.Equal(database.Model.LastVersion, report.LastVersion);
            Assert.InRange(report.BytesRead, 1, progress[^1].BytesTotal);
        }
    }

    [Fact]
    public void A_database_that_was_killed_is_sound()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            var database = new SmallDatabase(disk, seed);
            var engine = StorageEngine.Open(Folder, database.Options);
            database.Write(engine, 60, Durability.Sync);
            database.Scheduler.RunOneStep();
            disk = disk.AfterRestart(CrashKind.PowerFailure);
            Assert.Throws<PowerFailureException>(engine.Dispose);
            var report = StorageEngine.Verify(Folder, OptionsOn(disk));
            Assert.True(report.IsSound, string.Join('\n', report.Findings));
            Assert.Equal(database.Model.LastVersion, report.LastVersion);
        }
    }

    [Theory]
    [InlineData(".sst")]
    [InlineData(".blob")]
    [InlineData(".wal")]
    [InlineData("MANIFEST")]
    [InlineData("CURRENT")]
    public void Any_flipped_bit_of_any_file_is_reported(string kind)
    {
        var disk = new MemoryFileSystem();
        new SmallDatabase(disk, seed: 3).Create(batches: 12);
        var unused = StorageEngine.Verify(Folder, OptionsOn(disk)).Findings.Select(finding => finding.File);
        var names = disk.List(Folder).Except(unused).Where(name => name.Contains(kind, StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var path = Path.Combine(Folder, name);
            // Behind its last record a segment holds what an earlier use of the file has left: nobody reads that.
            var length = kind == ".wal" ? RecordBytes(disk, path) : DamagedFile.Read(disk, path).Length;
            for (var offset = 0; offset < length; offset++)
            {
                DamagedFile.Flip(disk, path, offset);
                var report = StorageEngine.Verify(Folder, OptionsOn(disk));
                Assert.True(
                    report.Findings.Any(finding => finding.File == name || finding.IsDamage),
                    $"a flip of {name} at {offset} went unseen");
                Assert.Contains(report.Findings, finding => finding.File == name || kind is "CURRENT" or ".wal");
                DamagedFile.Flip(disk, path, offset);
            }
            output.WriteLine($"{name}: {length} bytes");
        }
    }

    [Fact]
    public void Damage_in_several_places_is_reported_in_each()
    {
        var disk = new MemoryFileSystem();
        new SmallDatabase(disk, seed: 3).Create();
        var tables = disk.List(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal)).ToList();
        foreach (var name in tables)
            DamagedFile.Flip(disk, Path.Combine(Folder, name), 20);
        var report = StorageEngine.Verify(Folder, OptionsOn(disk));
        var unused = report.Findings.Where(finding => !finding.IsDamage).Select(finding => finding.File);
        Assert.Equal(tables.Except(unused), DamageIn(report).Select(finding => finding.File));
        Assert.All(DamageIn(report), finding => Assert.Equal(0, finding.Offset));
    }

    [Fact]
    public void A_missing_log_is_reported()
    {
        var disk = new MemoryFileSystem();
        new SmallDatabase(disk, seed: 3).Create();
        var name = disk.List(Folder).Last(file => file.EndsWith(".wal", StringComparison.Ordinal));
        disk.Delete(Path.Combine(Folder, name));
        var finding = Assert.Single(DamageIn(StorageEngine.Verify(Folder, OptionsOn(disk))));
        Assert.Equal((name, 0), (finding.File, finding.Offset));
        Assert.EndsWith("found no file", finding.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_table_and_leftovers_are_reported()
    {
        var disk = new MemoryFileSystem();
        new SmallDatabase(disk, seed: 3).Create();
        var state = ManifestLog.Recover(disk, Folder)!;
        var table = FileNames.Table(state.Tables.First().Metadata.FileNumber);
        disk.Rename(Path.Combine(Folder, table), Path.Combine(Folder, FileNames.Table(777)));
        DamagedFile.Replace(disk, Path.Combine(Folder, FileNames.Temporary(5)), [1]);
        var report = StorageEngine.Verify(Folder, OptionsOn(disk));
        Assert.Contains(
            new VerifyFinding("000005.tmp", 0, "a leftover, which the next open removes", false), report.Findings);
        Assert.Contains(
            new VerifyFinding("000777.sst", 0, "a leftover, which the next open removes", false), report.Findings);
        Assert.Equal(table, Assert.Single(DamageIn(report)).File);
    }

    [Fact]
    public void A_folder_without_a_database_and_one_with_a_writer_are_refused()
    {
        var disk = new MemoryFileSystem();
        var database = new SmallDatabase(disk, seed: 3);
        var error = Assert.Throws<FerrisException>(() => StorageEngine.Verify(Folder, OptionsOn(disk)));
        Assert.Equal(ErrorCode.FileNotFound, error.Code);
        using var engine = StorageEngine.Open(Folder, database.Options);
        error = Assert.Throws<FerrisException>(() => StorageEngine.Verify(Folder, OptionsOn(disk)));
        Assert.Equal(ErrorCode.FolderLocked, error.Code);
    }

    // A reader elsewhere in the process may have kept a table that nothing needs: its file is a leftover then.
    private static IEnumerable<VerifyFinding> DamageIn(VerifyReport report) =>
        report.Findings.Where(finding => finding.IsDamage);

    private static long RecordBytes(MemoryFileSystem disk, string path)
    {
        Assert.True(FileNames.TryParse(Path.GetFileName(path), out _, out var number));
        using var reader = new WalReader(disk.Open(path, FileAccess.Read), number);
        while (reader.TryNext())
        {
            // Only where they end is wanted.
        }
        return reader.NextOffset;
    }
}
