using System.Diagnostics;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed class DiskFileSystemTests : FileSystemContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ferrisdb-test-").FullName;

    private string LockPath => Path.Combine(_folder, FileNames.Lock);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_lock_file_names_the_process_that_writes_and_nobody_afterwards()
    {
        using (new DiskFileSystem().Lock(LockPath, exclusive: true))
            Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(LockPath));

        Assert.Equal("", File.ReadAllText(LockPath));
    }

    [Fact]
    public void Two_file_systems_of_one_process_lock_each_other_out()
    {
        using var first = new DiskFileSystem().Lock(LockPath, exclusive: true);

        var error = Assert.Throws<FerrisException>(() => new DiskFileSystem().Lock(LockPath, exclusive: false));

        Assert.Equal(ErrorCode.FolderLocked, error.Code);
        Assert.Contains($"this process ({Environment.ProcessId})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_file_left_by_a_process_that_was_killed_is_no_obstacle()
    {
        File.WriteAllText(LockPath, "1\n");

        using (var shared = new DiskFileSystem().Lock(LockPath, exclusive: false))
            Assert.NotNull(shared);
        using var exclusive = new DiskFileSystem().Lock(LockPath, exclusive: true);
        Assert.NotNull(exclusive);
    }

    [Fact]
    public void A_dead_process_is_not_blamed_for_a_lock()
    {
        File.WriteAllText(LockPath, $"{int.MaxValue}\n");
        using var reader = new DiskFileSystem().Lock(LockPath, exclusive: false);

        var error = Assert.Throws<FerrisException>(() => new DiskFileSystem().Lock(LockPath, exclusive: true));

        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_process_does_not_inherit_the_lock()
    {
        var held = new DiskFileSystem().Lock(LockPath, exclusive: true);
        using var child = Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;
        held.Dispose();

        using var again = new DiskFileSystem().Lock(LockPath, exclusive: true);

        Assert.NotNull(again);
        child.StandardInput.Close();
        child.WaitForExit();
    }

    [Fact]
    public void A_path_through_a_file_is_an_error_with_path_operation_and_reason()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");

        var error = Assert.Throws<FerrisException>(() => new DiskFileSystem().Create(Path.Combine(path, "inner")));

        Assert.Equal(ErrorCode.IoError, error.Code);
        Assert.Equal($"Cannot create {path}/inner: Not a directory (errno 20).", error.Message);
    }

    [Fact]
    public void A_full_disk_is_told_from_other_failures()
    {
        using var full = new DiskFileSystem().Open("/dev/full", FileAccess.ReadWrite);

        var error = Assert.Throws<FerrisException>(() => full.Write(0, "x"u8));

        Assert.Equal(ErrorCode.DiskFull, error.Code);
        Assert.Contains("/dev/full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void This_disk_can_be_mapped_or_says_so()
    {
        using var file = new DiskFileSystem().Create(Path.Combine(_folder, "file"));
        file.Write(0, new byte[4096]);
        var format = new DriveInfo(_folder).DriveFormat;

        using var mapping = file.TryMap(4096);

        Assert.Equal(format is "ext2" or "ext3" or "ext4" or "xfs" or "tmpfs", mapping is not null);
    }

    private protected override IFileSystem OpenDisk() => new DiskFileSystem();

    private protected override string At(string path) => Path.Combine(_folder, path);
}
