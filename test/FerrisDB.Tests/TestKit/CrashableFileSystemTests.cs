using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.TestKit;

// The crash tests are only as good as this disk: what was synced must never go, and each way in which what was not
// synced can go must really be tried by some seed.
public sealed class CrashableFileSystemTests
{
    private const string Folder = "db";
    private const string Name = "db/file";
    private const int PageSizeBytes = 4096;
    private const int SectorSizeBytes = 512;

    [Fact]
    public async Task What_was_synced_survives_every_crash()
    {
        foreach (var kind in Enum.GetValues<CrashKind>())
        {
            for (var seed = 0; seed < 100; seed++)
            {
                var disk = new CrashableFileSystem(seed);
                using var file = await CreateSyncedAsync(disk, "synced"u8.ToArray());
                file.Write(3 * PageSizeBytes, new byte[PageSizeBytes]);

                Assert.StartsWith("synced", ReadText(disk.AfterRestart(kind)), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task What_was_not_synced_is_kept_or_lost_as_the_crash_has_it()
    {
        var disk = new CrashableFileSystem();
        using var file = await CreateSyncedAsync(disk, "synced"u8.ToArray());
        file.Write(0, "written"u8);
        disk.Rename(Name, "db/renamed");

        Assert.Equal("synced", ReadText(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced)));
        Assert.Equal("written", ReadText(disk.AfterRestart(CrashKind.PowerFailureKeepsUnsynced), "db/renamed"));
        Assert.Equal("written", ReadText(disk.AfterRestart(CrashKind.ProcessKilled), "db/renamed"));
    }

    [Fact]
    public async Task What_a_kill_kept_in_the_page_cache_can_still_be_lost()
    {
        var disk = new CrashableFileSystem();
        using var file = await CreateSyncedAsync(disk, "synced"u8.ToArray());
        file.Write(0, "written"u8);

        var afterKill = disk.AfterRestart(CrashKind.ProcessKilled);
        Assert.Equal("written", ReadText(afterKill));
        Assert.Equal("synced", ReadText(afterKill.AfterRestart(CrashKind.PowerFailureLosesUnsynced)));
    }

    [Fact]
    public async Task Syncing_after_a_kill_keeps_what_the_dead_process_wrote()
    {
        var disk = new CrashableFileSystem();
        using var file = await CreateSyncedAsync(disk, "synced"u8.ToArray());
        file.Write(0, "written"u8);

        var afterKill = disk.AfterRestart(CrashKind.ProcessKilled);
        using var reopened = afterKill.Open(Name, FileAccess.ReadWrite);
        await reopened.SyncAsync();

        Assert.Equal("written", ReadText(afterKill.AfterRestart(CrashKind.PowerFailureLosesUnsynced)));
    }

    // Four pages are overwritten; each page is made of sectors, each sector filled with the number of its version.
    [Fact]
    public async Task Each_page_is_lost_kept_older_or_torn_by_some_seed()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            using var file = await CreateSyncedAsync(disk, Filled(4, version: 0));
            file.Write(0, Filled(4, version: 1));
            file.Write(0, Filled(4, version: 2));

            var kept = ReadBytes(disk.AfterRestart());

            Assert.Equal(4 * PageSizeBytes, kept.Length);
            foreach (var page in kept.Chunk(PageSizeBytes))
            {
                var sectors = page.Chunk(SectorSizeBytes).ToArray();
                Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
                outcomes.Add(string.Concat(sectors.Select(sector => sector[0]).Distinct().Order()));
            }

            var pages = kept.Chunk(PageSizeBytes).Select(page => page[0]).Distinct();
            outcomes.Add(pages.Count() > 1 ? "pages differ" : "pages are alike");
        }

        // A torn page mixes the durable with the newest version.
        Assert.Equal(
            ["0", "02", "1", "2", "pages are alike", "pages differ"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_growing_file_may_keep_its_length_and_lose_its_bytes_and_the_reverse()
    {
        var lengths = new HashSet<int>();
        var sawZeros = false;
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            using var file = await CreateSyncedAsync(disk, Filled(1, version: 1));
            file.Write(PageSizeBytes, Filled(2, version: 1));

            var kept = ReadBytes(disk.AfterRestart());

            Assert.Equal(PageSizeBytes, kept.AsSpan(0, PageSizeBytes).Count((byte)1));
            lengths.Add(kept.Length);
            sawZeros |= kept.Contains((byte)0);
        }

        Assert.True(sawZeros);
        Assert.Contains(PageSizeBytes, lengths);
        Assert.Contains(3 * PageSizeBytes, lengths);
        Assert.True(lengths.Count > 5);
        Assert.All(lengths, length => Assert.InRange(length, PageSizeBytes, 3 * PageSizeBytes));
    }

    [Fact]
    public async Task Cutting_a_file_takes_place_or_not_and_writes_behind_it_do_not_come_alone()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            using var file = await CreateSyncedAsync(disk, "old content"u8.ToArray());
            await file.SetLengthAsync(0);
            file.Write(0, "new"u8);

            outcomes.Add(ReadText(disk.AfterRestart()).Replace('\0', '0'));
        }

        Assert.Equal(["", "000", "new", "old content"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_written_through_a_mapping_is_lost_unless_it_is_synced()
    {
        var disk = new CrashableFileSystem();
        disk.CreateDirectory(Folder);
        using var file = disk.Create(Name);
        file.Write(0, "before"u8);
        Assert.True(file.SyncAsync().IsCompletedSuccessfully);
        Assert.True(disk.SyncDirectoryAsync(Folder).IsCompletedSuccessfully);
        using var mapping = file.TryMap(6)!;
        var count = disk.OperationCount;

        mapping.Write(0, "after!"u8);

        Assert.Equal(count + 1, disk.OperationCount);
        Assert.Equal("before", ReadText(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced)));
        Assert.Equal("after!", ReadText(disk.AfterRestart(CrashKind.ProcessKilled)));
    }

    [Fact]
    public async Task Names_are_lost_or_kept_independently_unless_their_folder_was_synced()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            disk.CreateDirectory(Folder);
            disk.Create("db/a").Dispose();
            disk.Create("db/b").Dispose();
            await disk.SyncDirectoryAsync(Folder);
            disk.Rename("db/a", "db/renamed");
            disk.Delete("db/b");
            disk.Create("db/c").Dispose();

            outcomes.Add(string.Join(' ', disk.AfterRestart().List(Folder)));
        }

        Assert.Equal(
            ["a", "a b", "a b c", "a c", "b c renamed", "b renamed", "c renamed", "renamed"],
            outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Syncing_a_file_does_not_keep_its_name_nor_syncing_another_folder()
    {
        var disk = new CrashableFileSystem();
        disk.CreateDirectory(Folder);
        disk.CreateDirectory("other");
        using var file = disk.Create(Name);
        await file.SyncAsync();
        await disk.SyncDirectoryAsync("other");
        await disk.SyncDirectoryAsync("");

        Assert.Empty(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced).List(Folder));
    }

    [Fact]
    public async Task A_rename_that_is_lost_brings_back_the_file_it_replaced()
    {
        var disk = new CrashableFileSystem();
        using var old = await CreateSyncedAsync(disk, "old"u8.ToArray());
        using var replacement = disk.Create("db/new");
        replacement.Write(0, "new"u8);
        await replacement.SyncAsync();
        await disk.SyncDirectoryAsync(Folder);

        disk.Rename("db/new", Name);

        var lost = disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced);
        Assert.Equal("old", ReadText(lost));
        Assert.Equal("new", ReadText(lost, "db/new"));
        Assert.Equal("new", ReadText(disk.AfterRestart(CrashKind.PowerFailureKeepsUnsynced)));
    }

    [Fact]
    public async Task Two_names_of_one_file_keep_the_same_content()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new CrashableFileSystem(seed);
            using var file = await CreateSyncedAsync(disk, Filled(8, version: 0));
            Assert.True(disk.TryLink(Name, "db/link"));
            await disk.SyncDirectoryAsync(Folder);
            file.Write(0, Filled(8, version: 1));

            var restarted = disk.AfterRestart();

            Assert.Equal(ReadBytes(restarted), ReadBytes(restarted, "db/link"));
        }
    }

    [Fact]
    public async Task A_folder_is_lost_with_all_that_is_in_it_where_folders_need_syncing()
    {
        var disk = new CrashableFileSystem { FoldersNeedSync = true };
        using var file = await CreateSyncedAsync(disk, "synced"u8.ToArray());
        Assert.False(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced).DirectoryExists(Folder));

        disk = new CrashableFileSystem { FoldersNeedSync = true };
        using var again = await CreateSyncedAsync(disk, "synced"u8.ToArray());
        await disk.SyncDirectoryAsync("");
        Assert.Equal("synced", ReadText(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced)));
    }

    [Fact]
    public void The_power_fails_at_each_operation_in_turn()
    {
        var operations = Workload(new CrashableFileSystem());
        Assert.Equal(9, operations);

        for (var operation = 0; operation < operations; operation++)
        {
            var disk = new CrashableFileSystem(seed: operation) { PowerFailsAt = operation };

            var error = Assert.Throws<PowerFailureException>(() => Workload(disk));

            Assert.Contains($"at operation {operation} (seed {operation})", error.Message, StringComparison.Ordinal);
            Assert.True(disk.PowerFailed);
            Assert.Equal(operation + 1, disk.OperationCount);
            Assert.Throws<PowerFailureException>(() => disk.Create("late"));
            Assert.Throws<PowerFailureException>(() => disk.List(""));
            Assert.False(disk.AfterRestart().PowerFailed);
        }

        var enough = new CrashableFileSystem { PowerFailsAt = operations };
        Workload(enough);
        Assert.False(enough.PowerFailed);
    }

    [Fact]
    public void A_sync_in_which_the_power_fails_promises_nothing()
    {
        var disk = new CrashableFileSystem { PowerFailsAt = 3 };
        disk.CreateDirectory(Folder);
        using var file = disk.Create(Name);
        file.Write(0, "written"u8);

        Assert.Throws<PowerFailureException>(() => file.SyncAsync().AsTask().GetAwaiter().GetResult());

        Assert.Empty(disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced).List(Folder));
        Assert.Equal("written", ReadText(disk.AfterRestart(CrashKind.PowerFailureKeepsUnsynced)));
    }

    [Fact]
    public void An_operation_in_which_the_power_fails_takes_effect_by_some_seed_only()
    {
        var texts = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new CrashableFileSystem(seed) { PowerFailsAt = 2 };
            disk.CreateDirectory(Folder);
            using var file = disk.Create(Name);
            Assert.Throws<PowerFailureException>(() => file.Write(0, "abc"u8));
            texts.Add(ReadText(disk.AfterRestart(CrashKind.ProcessKilled)));
        }

        Assert.Equal(["", "a", "ab", "abc"], texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_seed_leaves_one_disk()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var first = new CrashableFileSystem(seed) { PowerFailsAt = 7 };
            var second = new CrashableFileSystem(seed) { PowerFailsAt = 7 };
            Assert.Throws<PowerFailureException>(() => Workload(first));
            Assert.Throws<PowerFailureException>(() => Workload(second));

            Assert.Equal(Digest(first.AfterRestart()), Digest(second.AfterRestart()));
            Assert.Equal(Digest(first.AfterRestart()), Digest(first.AfterRestart()));
        }
    }

    [Fact]
    public void The_log_says_what_happened()
    {
        var disk = new CrashableFileSystem(seed: 5);
        Workload(disk);

        Assert.Contains("seed 5", disk.OperationLog, StringComparison.Ordinal);
        Assert.Contains("     1  Create db/a", disk.OperationLog, StringComparison.Ordinal);
        Assert.Contains("     2  Write db/a at 0, 12288 bytes", disk.OperationLog, StringComparison.Ordinal);
        Assert.Contains("     7  Rename db/a to db/b", disk.OperationLog, StringComparison.Ordinal);
    }

    [Fact]
    public void Locks_do_not_outlive_the_crash()
    {
        var disk = new CrashableFileSystem();
        disk.CreateDirectory(Folder);
        _ = disk.Lock("db/LOCK", exclusive: true);

        disk.AfterRestart(CrashKind.ProcessKilled).Lock("db/LOCK", exclusive: true).Dispose();
    }

    private static long Workload(CrashableFileSystem disk)
    {
        disk.CreateDirectory(Folder);
        using var file = disk.Create("db/a");
        file.Write(0, Filled(3, version: 1));
        Assert.True(file.SyncAsync().IsCompletedSuccessfully);
        file.Write(0, Filled(3, version: 2));
        using var mapping = file.TryMap(PageSizeBytes)!;
        mapping.Write(100, "mapped"u8);
        Assert.True(file.SetLengthAsync(20_000).IsCompletedSuccessfully);
        disk.Rename("db/a", "db/b");
        Assert.True(disk.SyncDirectoryAsync(Folder).IsCompletedSuccessfully);
        return disk.OperationCount;
    }

    private static string Digest(CrashableFileSystem disk) =>
        !disk.DirectoryExists(Folder)
            ? "no folder"
            : string.Join(' ', disk.List(Folder).Select(name =>
                $"{name}={Convert.ToHexString(ReadBytes(disk, $"{Folder}/{name}"))}"));

    private static async Task<IFile> CreateSyncedAsync(CrashableFileSystem disk, byte[] content)
    {
        disk.CreateDirectory(Folder);
        var file = disk.Create(Name);
        file.Write(0, content);
        await file.SyncAsync();
        await disk.SyncDirectoryAsync(Folder);
        return file;
    }

    private static byte[] Filled(int pages, byte version)
    {
        var bytes = new byte[pages * PageSizeBytes];
        bytes.AsSpan().Fill(version);
        return bytes;
    }

    private static byte[] ReadBytes(CrashableFileSystem disk, string path = Name)
    {
        using var file = disk.Open(path, FileAccess.Read);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    private static string ReadText(CrashableFileSystem disk, string path = Name) =>
        System.Text.Encoding.UTF8.GetString(ReadBytes(disk, path));
}
