using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed class MemoryFileSystemTests : FileSystemContract
{
    [Fact]
    public void One_path_has_several_spellings()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory("/data/db/");
        using var file = disk.Create("/data/db/file");

        Assert.True(disk.FileExists("data/db/file"));
        Assert.True(disk.DirectoryExists("/data/db"));
        Assert.Equal(["file"], disk.List("data/db/"));
        Assert.Empty(disk.List("."));
    }

    [Fact]
    public void Files_of_any_size_hold_what_was_written() => Assert.Null(MemoryFileRun.FirstDifference());

    private protected override IFileSystem OpenDisk() => new MemoryFileSystem();
}
