using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

/// <summary>
/// What the engine relies on, whichever disk lies below it. One subclass per disk runs these sentences.
/// </summary>
public abstract class FileSystemContract
{
    private const string Folder = "folder";
    private const string SomeFile = "folder/file";

    [Fact]
    public void Bytes_written_are_read_back_at_their_offset()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);

        file.Write(0, "hello "u8);
        file.Write(6, "world"u8);
        file.Write(0, "J"u8);

        Assert.Equal("Jello world"u8, ReadAll(file));
        Assert.Equal("world"u8, Read(file, 6, 100));
        Assert.Equal(0, file.Read(11, new byte[1]));
        Assert.Equal(0, file.Read(1000, new byte[1]));
    }

    [Fact]
    public async Task To_begin_a_sync_changes_nothing_that_is_read()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);
        var data = Noise(300_001, seed: 2);

        await file.WriteAsync(0, data);
        file.BeginSync(0, data.Length);
        file.BeginSync(data.Length, 1 << 20);
        await file.SyncAsync();

        Assert.Equal(data.Length, file.Length);
        Assert.Equal(data, Read(file, 0, data.Length));
    }

    [Fact]
    public async Task Large_writes_across_page_borders_are_read_back()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);
        var data = Noise(300_001, seed: 1);

        await file.WriteAsync(77, data);
        await file.SyncAsync();

        Assert.Equal(77 + data.Length, file.Length);
        Assert.Equal(data, Read(file, 77, data.Length));
        Assert.Equal(data.AsSpan(65_000, 70_000).ToArray(), Read(file, 77 + 65_000, 70_000));
    }

    [Fact]
    public void A_gap_before_a_write_reads_as_zeros()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);

        file.Write(100_000, "x"u8);

        Assert.Equal(100_001, file.Length);
        Assert.Equal(0, Read(file, 0, 100_000).Max());
    }

    [Fact]
    public async Task A_file_that_was_cut_grows_with_zeros()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);
        file.Write(0, Noise(10_000, seed: 2));

        await file.SetLengthAsync(100);
        Assert.Equal(100, file.Length);
        await file.SetLengthAsync(9_000);

        Assert.Equal(9_000, file.Length);
        Assert.Equal(Noise(10_000, seed: 2)[..100], Read(file, 0, 100));
        Assert.Equal(0, Read(file, 100, 8_900).Max());
    }

    [Fact]
    public void Creating_an_existing_file_empties_it()
    {
        var disk = OpenDisk();
        Fill(disk, SomeFile, "old");

        using var file = disk.Create(At(SomeFile));

        Assert.Equal(0, file.Length);
    }

    [Fact]
    public void A_file_that_is_missing_is_named_in_the_error()
    {
        var disk = OpenDisk();
        disk.CreateDirectory(At(Folder));

        AssertNotFound(() => disk.Open(At(SomeFile), FileAccess.Read));
        AssertNotFound(() => disk.Open(At(SomeFile), FileAccess.ReadWrite));
        AssertNotFound(() => disk.Delete(At(SomeFile)));
        AssertNotFound(() => disk.Rename(At(SomeFile), At("folder/other")));
        AssertNotFound(() => disk.TryLink(At(SomeFile), At("folder/other")));
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_an_error()
    {
        var disk = OpenDisk();

        AssertNotFound(() => disk.Create(At(SomeFile)));
        AssertNotFound(() => disk.List(At(Folder)));
        AssertNotFound(() => disk.Lock(At(SomeFile), exclusive: true));
        var error = await Assert.ThrowsAsync<FerrisException>(() => disk.SyncDirectoryAsync(At(Folder)).AsTask());
        Assert.Equal(ErrorCode.FileNotFound, error.Code);
    }

    [Fact]
    public void Folders_are_created_with_their_parents_and_may_exist()
    {
        var disk = OpenDisk();
        Assert.False(disk.DirectoryExists(At("a/b/c")));

        disk.CreateDirectory(At("a/b/c"));
        disk.CreateDirectory(At("a/b/c"));

        Assert.True(disk.DirectoryExists(At("a")));
        Assert.True(disk.DirectoryExists(At("a/b/c")));
        Assert.False(disk.FileExists(At("a/b/c")));
        Assert.Empty(disk.List(At("a/b")));
    }

    [Fact]
    public void Files_are_listed_by_name_in_ordinal_order()
    {
        var disk = OpenDisk();
        foreach (var name in (string[])["b", "a", "_", "B", "10", "9"])
            Fill(disk, $"{Folder}/{name}", name);
        disk.CreateDirectory(At("folder/inner"));
        Fill(disk, "folder/inner/z", "z");

        Assert.Equal(["10", "9", "B", "_", "a", "b"], disk.List(At(Folder)));
    }

    [Fact]
    public async Task Renaming_replaces_the_target_and_keeps_open_files_working()
    {
        var disk = OpenDisk();
        Fill(disk, "folder/target", "old");
        using var file = CreateIn(disk, SomeFile);
        file.Write(0, "new"u8);

        disk.Rename(At(SomeFile), At("folder/target"));
        await disk.SyncDirectoryAsync(At(Folder));
        file.Write(3, "er"u8);

        Assert.False(disk.FileExists(At(SomeFile)));
        Assert.Equal("newer", ReadText(disk, "folder/target"));
    }

    [Fact]
    public void A_deleted_file_can_be_read_while_it_is_open()
    {
        var disk = OpenDisk();
        Fill(disk, SomeFile, "content");
        using var file = disk.Open(At(SomeFile), FileAccess.Read);

        disk.Delete(At(SomeFile));

        Assert.False(disk.FileExists(At(SomeFile)));
        Assert.Equal("content"u8, ReadAll(file));
    }

    [Fact]
    public void A_link_is_a_second_name_of_the_same_file()
    {
        var disk = OpenDisk();
        Fill(disk, SomeFile, "content");
        if (!disk.TryLink(At(SomeFile), At("folder/link")))
            return;

        disk.Delete(At(SomeFile));

        Assert.Equal("content", ReadText(disk, "folder/link"));
    }

    [Fact]
    public void A_link_does_not_replace_a_file()
    {
        var disk = OpenDisk();
        Fill(disk, SomeFile, "content");
        Fill(disk, "folder/other", "other");

        var error = Assert.Throws<FerrisException>(() => disk.TryLink(At(SomeFile), At("folder/other")));

        Assert.Equal(ErrorCode.IoError, error.Code);
        Assert.Equal("other", ReadText(disk, "folder/other"));
    }

    [Fact]
    public async Task What_is_written_through_a_mapping_is_read_from_the_file()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);
        file.Write(0, new byte[10_000]);
        using var mapping = file.TryMap(10_000);
        if (mapping is null)
            return;

        mapping.Write(0, "start"u8);
        mapping.Write(4_094, "border"u8);
        mapping.Write(9_997, "end"u8);
        await file.SyncAsync();

        Assert.Equal("start"u8, Read(file, 0, 5));
        Assert.Equal("border"u8, Read(file, 4_094, 6));
        Assert.Equal("end"u8, Read(file, 9_997, 100));
        Assert.Equal(10_000, file.Length);
    }

    [Fact]
    public void Writing_outside_a_mapping_is_a_bug()
    {
        using var file = CreateIn(OpenDisk(), SomeFile);
        file.Write(0, new byte[100]);
        Assert.Throws<InvariantException>(() => file.TryMap(101));
        using var mapping = file.TryMap(100);
        if (mapping is null)
            return;

        Assert.Throws<InvariantException>(() => mapping.Write(96, "12345"u8));
        Assert.Throws<InvariantException>(() => mapping.Write(-1, "1"u8));
        mapping.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mapping.Write(0, "1"u8));
    }

    [Fact]
    public void Writing_to_a_file_opened_for_reading_is_a_bug()
    {
        var disk = OpenDisk();
        Fill(disk, SomeFile, "content");
        using var file = disk.Open(At(SomeFile), FileAccess.Read);

        Assert.Throws<InvariantException>(() => file.Write(0, "x"u8));
        Assert.Throws<InvariantException>(() => file.TryMap(1));
        Assert.Equal("content"u8, ReadAll(file));
    }

    [Fact]
    public void A_disposed_file_is_refused()
    {
        var file = CreateIn(OpenDisk(), SomeFile);
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Write(0, "x"u8));
        Assert.Throws<ObjectDisposedException>(() => file.Read(0, new byte[1]));
    }

    [Fact]
    public void An_exclusive_lock_keeps_everybody_else_out_until_it_is_released()
    {
        var disk = OpenDisk();
        disk.CreateDirectory(At(Folder));

        using (disk.Lock(At(SomeFile), exclusive: true))
        {
            AssertLocked(() => disk.Lock(At(SomeFile), exclusive: true), $"({Environment.ProcessId})");
            AssertLocked(() => disk.Lock(At(SomeFile), exclusive: false), $"({Environment.ProcessId})");
        }

        disk.Lock(At(SomeFile), exclusive: true).Dispose();
        Assert.True(disk.FileExists(At(SomeFile)));
    }

    [Fact]
    public void Shared_locks_keep_writers_out_until_the_last_is_released()
    {
        var disk = OpenDisk();
        disk.CreateDirectory(At(Folder));
        var first = disk.Lock(At(SomeFile), exclusive: false);
        var second = disk.Lock(At(SomeFile), exclusive: false);

        first.Dispose();
        first.Dispose();
        AssertLocked(() => disk.Lock(At(SomeFile), exclusive: true), "locked");
        second.Dispose();

        disk.Lock(At(SomeFile), exclusive: true).Dispose();
    }

    [Fact]
    public void There_is_room_on_the_disk()
    {
        var disk = OpenDisk();
        disk.CreateDirectory(At(Folder));

        Assert.InRange(disk.AvailableBytes(At(Folder)), 1, long.MaxValue);
    }

    /// <summary>An empty disk, or an empty folder of a real one.</summary>
    private protected abstract IFileSystem OpenDisk();

    /// <summary>Where the tests' path lies on the disk.</summary>
    private protected virtual string At(string path) => path;

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] ReadAll(IFile file) => Read(file, 0, checked((int)file.Length));

    private static byte[] Read(IFile file, long offset, int length)
    {
        var bytes = new byte[length];
        return bytes[..file.Read(offset, bytes)];
    }

    private static void AssertLocked(Func<object> action, string words)
    {
        var error = Assert.Throws<FerrisException>(action);
        Assert.Equal(ErrorCode.FolderLocked, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static void AssertNotFound(Action action)
    {
        var error = Assert.Throws<FerrisException>(action);
        Assert.Equal(ErrorCode.FileNotFound, error.Code);
        Assert.Contains("fol", error.Message, StringComparison.Ordinal);
    }

    private IFile CreateIn(IFileSystem disk, string path)
    {
        disk.CreateDirectory(At(Folder));
        return disk.Create(At(path));
    }

    private void Fill(IFileSystem disk, string path, string content)
    {
        using var file = CreateIn(disk, path);
        file.Write(0, System.Text.Encoding.UTF8.GetBytes(content));
    }

    private string ReadText(IFileSystem disk, string path)
    {
        using var file = disk.Open(At(path), FileAccess.Read);
        return System.Text.Encoding.UTF8.GetString(ReadAll(file));
    }
}
