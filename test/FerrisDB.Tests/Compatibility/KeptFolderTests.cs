using System.Buffers.Binary;
using System.Globalization;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Compatibility;

// What a version has written, every later one reads. v1/db is such a folder and v1/content.txt what was in it. They are
// made once, with test/make-kept-folder; a change of a format makes another folder, with another number, beside it.
public sealed class KeptFolderTests
{
    private const string Folder = "db";

    [Fact]
    public void It_is_made_when_asked_for()
    {
        var files = KeptFolder.Make(out var content);
        Assert.InRange(files.Values.Sum(file => file.Length), 1, 200_000);
        if (Environment.GetEnvironmentVariable("FERRIS_KEEP_FOLDER") != "1")
            return;
        var target = Path.Combine(KeptPath(), Folder);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(target);
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(target, name), bytes);
        File.WriteAllText(Path.Combine(KeptPath(), "content.txt"), content);
    }

    [Fact]
    public void It_has_all_that_the_formats_have()
    {
        var disk = Kept();
        Assert.DoesNotContain(StorageEngine.Verify(Folder, Options(disk)).Findings, finding => finding.IsDamage);
        Assert.Contains(disk.List(Folder), name => name.EndsWith(".blob", StringComparison.Ordinal));
        var tables = ManifestLog.Recover(disk, Folder)!.Tables;
        Assert.True(
            tables.Select(table => table.Level).Distinct().Count() >= 3,
            string.Join(" ", tables.Select(table => table.Level)));
        Assert.Contains(tables, table => table.Metadata.RangeTombstoneCount > 0);
        Assert.Contains(tables, table => table.Metadata.OlderVersionCount > 0);
        Assert.Contains(tables, table => table.Metadata.GlobalVersion > 0);
        using var engine = StorageEngine.Open(Folder, Options(disk) with { ReadOnly = true });
        Assert.False(engine.Tree.View.Active.IsEmpty);
        using var epoch = Epochs.Enter();
        var compressions = engine.Tree.View.Tables.Level(TableSet.LevelCount - 1).ToArray()
            .Select(table => engine.Tree.TableCache.Get(table).Properties.Compression);
        Assert.Equal([Compression.Lz4, Compression.Zstd], compressions.Distinct().Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_opens_and_has_what_it_had(bool isReadOnly)
    {
        var disk = Kept();
        using (var engine = StorageEngine.Open(Folder, Options(disk) with { ReadOnly = isReadOnly }))
        {
            Assert.Equal([KeptFolder.Mark], engine.Marks);
            AssertContent(engine);
        }
        if (isReadOnly)
            return;
        // Written on, compacted and opened once more.
        var scheduler = new ManualScheduler();
        using (var engine = StorageEngine.Open(Folder, Options(disk) with { Scheduler = scheduler }))
        {
            engine.SetFloor(1);
            engine.Put("zzz"u8, "written later"u8);
            Engine.HandDriven.Finish(engine.CompactAsync(), scheduler);
        }
        using (var engine = StorageEngine.Open(Folder, Options(disk)))
        {
            Assert.Equal("written later"u8.ToArray(), engine.Get("zzz"u8));
            AssertContent(engine);
        }
        Assert.Empty(StorageEngine.Verify(Folder, Options(disk)).Findings);
    }

    [Fact]
    public void It_opens_on_a_real_disk()
    {
        var copy = Directory.CreateTempSubdirectory("ferrisdb-kept-");
        try
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(KeptPath(), Folder)))
                File.Copy(path, Path.Combine(copy.FullName, Path.GetFileName(path)));
            var options = new StorageOptions { CreateIfMissing = false };
            long lastVersion;
            using (var engine = StorageEngine.Open(copy.FullName, options with { ReadOnly = true }))
            {
                lastVersion = engine.LastVersion;
                AssertContent(engine);
            }
            using (var engine = StorageEngine.Open(copy.FullName, options))
                Assert.Equal(lastVersion + 1, engine.Put("zzz"u8, "written later"u8));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    // The version is at the same place in each file and behind it, in some distance, the checksum of all before.
    [Theory]
    [InlineData("MANIFEST-", 8, 28)]
    [InlineData(".wal", 8, 60)]
    [InlineData(".blob", 8, 28)]
    [InlineData(".sst", -16, -12)]
    public void A_folder_of_a_newer_version_is_refused_with_both_numbers(string kind, int versionAt, int checksumAt)
    {
        var disk = Kept();
        foreach (var name in disk.List(Folder).Where(name => name.Contains(kind, StringComparison.Ordinal)).ToList())
            ClaimNewer(disk, Path.Combine(Folder, name), versionAt, checksumAt);

        var error = Assert.Throws<FerrisException>(() =>
        {
            using var engine = StorageEngine.Open(Folder, Options(disk) with { ReadOnly = true });
            AssertContent(engine);
        });

        Assert.Equal(ErrorCode.FormatTooNew, error.Code);
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"\b2\b.*\b1\b", error.Message);
    }

    private static void ClaimNewer(MemoryFileSystem disk, string path, int versionAt, int checksumAt)
    {
        using var file = disk.Open(path, FileAccess.ReadWrite);
        var content = new byte[file.Length];
        file.Read(0, content);
        // A table has them in its footer, at the end.
        var begin = versionAt < 0 ? content.Length - SSTableFormat.FooterSize : 0;
        var header = content.AsSpan(begin, checksumAt < 0 ? SSTableFormat.FooterSize + checksumAt : checksumAt);
        if (!header.ContainsAnyExcept((byte)0))
            return;
        var version = content.AsSpan(versionAt < 0 ? content.Length + versionAt : versionAt);
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(version));
        BinaryPrimitives.WriteInt32LittleEndian(version, 2);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(begin + header.Length), Crc32C.Of(header));
        file.Write(0, content);
    }

    private static void AssertContent(StorageEngine engine)
    {
        var expected = File.ReadAllText(Path.Combine(KeptPath(), "content.txt")).ReplaceLineEndings("\n");
        var versions = expected.Split('\n').Where(line => line.StartsWith("version ", StringComparison.Ordinal))
            .Select(line => long.Parse(line["version ".Length..], CultureInfo.InvariantCulture));
        Assert.Equal(expected, KeptFolder.Describe(versions, version => ReadAll(engine, version)));
    }

    private static List<KeyValuePair<string, string>> ReadAll(StorageEngine engine, long version)
    {
        using var snapshot = engine.TakeSnapshot(version);
        using var cursor = engine.OpenCursor(
            new CursorOptions { Snapshot = snapshot, UpperBound = "zzz"u8.ToArray() });
        var found = new List<KeyValuePair<string, string>>();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            found.Add(new(Text(cursor.Key), Text(cursor.Value)));
            Assert.Equal(cursor.Value.ToArray(), engine.Get(cursor.Key, snapshot));
        }
        return found;
    }

    private static MemoryFileSystem Kept()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(KeptPath(), Folder)))
        {
            using var file = disk.Create(Path.Combine(Folder, Path.GetFileName(path)));
            file.Write(0, File.ReadAllBytes(path));
        }
        return disk;
    }

    private static StorageOptions Options(MemoryFileSystem disk) =>
        new() { FileSystem = disk, Scheduler = new ManualScheduler(), CreateIfMissing = false };

    private static string KeptPath([System.Runtime.CompilerServices.CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(GoldenFile.FolderBeside(source))!, "v1");
}
