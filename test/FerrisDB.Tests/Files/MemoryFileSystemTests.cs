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

    private protected override IFileSystem OpenDisk() => new MemoryFileSystem();
}
