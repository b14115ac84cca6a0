using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

// Every byte of every file of a small database is damaged in turn, and every file is cut at every length. Reading finds
// the right data or says which file is damaged; the end of a log that was never synced may be missing instead.
// Left out are most zeros of a log that is prepared in full, and what the database has in common with one that was
// tried; FERRIS_EVERY_BYTE=1 leaves out nothing.
public sealed class EngineDamageTests(ITestOutputHelper output)
{
    private static readonly bool TriesEveryByte = Environment.GetEnvironmentVariable("FERRIS_EVERY_BYTE") == "1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flipped_bit_in_any_byte_of_any_file_is_detected(bool isClosed)
    {
        var database = SmallDatabase.Create(isClosed);
        var damages = new DamageCount();
        foreach (var (name, content) in FilesToDamage(database, isClosed))
        {
            for (var offset = 0; offset < content.Length; offset += StepAt(content, offset))
            {
                var damaged = content.ToArray();
                damaged[offset] ^= (byte)(1 << (offset % 8));
                Check(database, name, damaged, $"bit {offset % 8} at {offset} of {content.Length}", damages);
            }
        }
        output.WriteLine(damages.ToString());
        Assert.InRange(damages.Detected, 1000, int.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_was_cut_at_any_length_is_detected(bool isClosed)
    {
        var database = SmallDatabase.Create(isClosed);
        var damages = new DamageCount();
        foreach (var (name, content) in FilesToDamage(database, isClosed))
        {
            for (var length = 0; length < content.Length; length += StepAt(content, length))
                Check(database, name, content.AsSpan(0, length), $"cut to {length} of {content.Length}", damages);
        }
        output.WriteLine(damages.ToString());
        Assert.InRange(damages.Detected, 1000, int.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_is_missing_is_detected(bool isClosed) => LoseEachFile(SmallDatabase.Create(isClosed));

    internal static void LoseEachFile(SmallDatabase database)
    {
        var damages = new DamageCount();
        foreach (var name in database.Files.Keys)
        {
            var disk = database.DiskWith(name, []);
            disk.Delete(Path.Combine(SmallDatabase.Folder, name));
            CheckDisk(database, disk, name, "missing", damages);
        }
        // The verifier knows what nobody needs: segments that are in tables already, or have not begun.
        var report = StorageEngine.Verify(SmallDatabase.Folder, ReadOnly(database.DiskWith("", [])));
        Assert.Equal(report.Findings.Count(finding => IsLog(finding.File)), damages.Harmless);
    }

    // A log goes on behind its end mark. Cut back to the mark it looks like one that was closed there.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_log_that_was_cut_back_to_an_earlier_end_is_detected(bool isClosed)
    {
        var disk = new MemoryFileSystem();
        using (var engine = StorageEngine.Open("db", SmallDatabase.Options(disk, new ManualScheduler())))
            engine.Put("a"u8, "first life"u8);
        var length = SmallDatabase.ReadFile(disk, "000001.wal").Length;
        MemoryFileSystem killed;
        using (var engine = StorageEngine.Open("db", SmallDatabase.Options(disk, new ManualScheduler())))
        {
            engine.Put("b"u8, "second life"u8);
            killed = SmallDatabase.CopyOf(disk);
        }
        var damaged = isClosed ? disk : killed;
        var cut = SmallDatabase.ReadFile(damaged, "000001.wal").AsSpan(0, length);
        using (var log = damaged.Create("db/000001.wal"))
            log.Write(0, cut);

        var error = Assert.Throws<FerrisException>(() => StorageEngine.Open("db", ReadOnly(damaged)));

        Assert.Matches("000001.wal is damaged at offset [0-9]+: expected the newest segment", error.Message);
    }

    [Fact]
    public void The_small_database_has_all_that_can_be_damaged()
    {
        var database = SmallDatabase.Create(isClosed: false);
        Assert.Contains(FileNames.Wal(2), database.Files.Keys);
        Assert.Contains(FileNames.Current, database.Files.Keys);
        Assert.Contains(database.Files.Keys, name => name.EndsWith(".blob", StringComparison.Ordinal));
        using var engine = StorageEngine.Open(SmallDatabase.Folder, ReadOnly(database.DiskWith("", [])));
        var tables = engine.Tree.View.Tables;
        Assert.NotEqual(0, tables.Level(0).Length);
        Assert.True(Enumerable.Range(1, TableSet.LevelCount - 1).Sum(level => tables.Level(level).Length) > 1);
        Assert.Contains(tables.Level(0).ToArray(), table => table.Metadata.RangeTombstoneCount > 0);
        Assert.Equal(database.Content(database.LastVersion), Scan(engine));
        using var epoch = Epochs.Enter();
        var bottom = tables.Level(TableSet.LevelCount - 1).ToArray()
            .Select(table => engine.Tree.TableCache.Get(table).Properties).ToList();
        Assert.Equal([Compression.Lz4, Compression.Zstd], bottom.Select(table => table.Compression).Distinct().Order());
        Assert.All(bottom, table => Assert.True(table.DataBytes < table.RawKeyBytes + table.RawValueBytes));
    }

    // A log is prepared in full: most of it are zeros, which are all alike.
    private static int StepAt(byte[] content, int offset)
    {
        if (TriesEveryByte)
            return 1;
        var isBlank = !content.AsSpan(offset, Math.Min(64, content.Length - offset)).ContainsAnyExcept((byte)0);
        return isBlank ? 61 : 1;
    }

    // A database that was killed has the same tables as one that was closed.
    private static Dictionary<string, byte[]> FilesToDamage(SmallDatabase database, bool isClosed)
    {
        var tried = isClosed || TriesEveryByte ? [] : SmallDatabase.Create(isClosed: true).Files;
        return database.Files
            .Where(file => !file.Value.AsSpan().SequenceEqual(tried.GetValueOrDefault(file.Key)))
            .ToDictionary();
    }

    private static bool IsLog(string name) => name.EndsWith(".wal", StringComparison.Ordinal);

    private static void Check(
        SmallDatabase database, string name, ReadOnlySpan<byte> content, string damage, DamageCount damages) =>
        CheckDisk(database, database.DiskWith(name, content), name, damage, damages);

    private static void CheckDisk(
        SmallDatabase database, MemoryFileSystem disk, string name, string damage, DamageCount damages)
    {
        try
        {
            using var engine = StorageEngine.Open(SmallDatabase.Folder, ReadOnly(disk));
            var oldest = IsLog(name) ? database.SyncedVersion : database.LastVersion;
            Assert.InRange(engine.LastVersion, oldest, database.LastVersion);
            if (engine.LastVersion < database.LastVersion)
                damages.EndedEarly++;
            var expected = database.Content(engine.LastVersion);
            CheckGets(engine, expected, name, damages);
            Assert.Equal(expected, Scan(engine));
            damages.Harmless++;
        }
        catch (FerrisException failure)
        {
            AssertNames(failure, name, damage);
            damages.Detected++;
        }
        catch (Exception other)
        {
            throw new Xunit.Sdk.XunitException($"{name}, {damage}: {other.Message}", other);
        }
    }

    // One get may fail while another one, which needs another block, must be right.
    private static void CheckGets(
        StorageEngine engine, List<KeyValuePair<string, string>> expected, string name, DamageCount damages)
    {
        var values = expected.ToDictionary();
        for (var number = 0; number < SmallDatabase.KeyCount; number++)
        {
            var key = $"key{number:00}";
            try
            {
                var value = engine.Get(Bytes(key));
                Assert.Equal(values.GetValueOrDefault(key), value is null ? null : Text(value));
            }
            catch (FerrisException failure)
            {
                AssertNames(failure, name, $"get {key}");
                damages.FailedGets++;
            }
        }
    }

    private static void AssertNames(FerrisException failure, string name, string damage)
    {
        // A manifest that is cut between two edits is whole in itself: the log or a table does not fit to it.
        var isManifest = name.StartsWith("MANIFEST", StringComparison.Ordinal);
        var isNamed = failure.Message.Contains(name, StringComparison.Ordinal)
            || (isManifest && failure.Message.Contains("db/0000", StringComparison.Ordinal));
        var isDetected = failure.Code == ErrorCode.FileCorrupt && isNamed;
        Assert.True(isDetected, $"{name}, {damage}: {failure}");
    }

    private static List<KeyValuePair<string, string>> Scan(StorageEngine engine)
    {
        var found = new List<KeyValuePair<string, string>>();
        using var cursor = engine.OpenCursor();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            found.Add(new(Text(cursor.Key), Text(cursor.Value)));
        return found;
    }

    private static StorageOptions ReadOnly(MemoryFileSystem disk) =>
        SmallDatabase.Options(disk, new ManualScheduler()) with { ReadOnly = true };

    /// <summary>What became of the damages.</summary>
    private sealed class DamageCount
    {
        public int Detected { get; set; }

        public int Harmless { get; set; }

        public int EndedEarly { get; set; }

        public int FailedGets { get; set; }

        public override string ToString() =>
            $"{Detected} detected, {Harmless} harmless, {EndedEarly} ended the log early, {FailedGets} gets failed";
    }
}
