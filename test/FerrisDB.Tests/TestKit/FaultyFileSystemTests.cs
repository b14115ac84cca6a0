using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.TestKit;

public sealed class FaultyFileSystemTests
{
    private const string Name = "file";

    [Fact]
    public void The_operation_of_an_index_fails_once()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        disk.FailAt(2);
        using var file = disk.Create(Name);
        file.Write(0, "0123"u8);

        var error = Assert.Throws<FerrisException>(() => file.Write(0, "abcd"u8));

        Assert.Equal(ErrorCode.IoError, error.Code);
        Assert.Equal("ab23", ReadText(file));
        file.Write(0, "abcd"u8);
        Assert.Equal("abcd", ReadText(file));
        Assert.Equal(4, disk.OperationCount);
        Assert.Equal(1, disk.FaultCount);
    }

    [Fact]
    public void All_operations_fail_from_an_index_on_until_the_disk_is_healed()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        disk.FailAt(1, ErrorCode.DiskFull, forever: true);
        using var file = disk.Create(Name);

        Assert.Equal(ErrorCode.DiskFull, Assert.Throws<FerrisException>(() => file.Write(0, "x"u8)).Code);
        Assert.Equal(ErrorCode.DiskFull, Assert.Throws<FerrisException>(() => disk.Create("other")).Code);
        Assert.Null(file.TryMap(1));
        Assert.Equal("", ReadText(file));

        disk.Heal();
        file.Write(0, "x"u8);
        Assert.Equal("x", ReadText(file));
    }

    [Fact]
    public void Operations_are_chosen_by_what_they_are()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        disk.FailWhen(operation => operation.Kind == DiskOperationKind.Read && operation.Path == Name, once: true);
        using var file = disk.Create(Name);
        file.Write(0, "x"u8);

        Assert.Throws<FerrisException>(() => ReadText(file));
        Assert.Equal("x", ReadText(file));
    }

    [Fact]
    public void A_flipped_bit_is_seen_in_every_read_that_covers_it()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        using var file = disk.Create(Name);
        file.Write(0, "aaaa"u8);

        disk.FlipBit(Name, offset: 2, bit: 1);

        Assert.Equal("aaca", ReadText(file));
        var one = new byte[1];
        file.Read(2, one);
        Assert.Equal("c"u8, one);
        file.Read(3, one);
        Assert.Equal("a"u8, one);
        disk.Heal();
        Assert.Equal("aaaa", ReadText(file));
    }

    [Fact]
    public void A_file_can_end_earlier_than_it_says()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        using var file = disk.Create(Name);
        file.Write(0, "0123456789"u8);

        disk.CutReads(Name, length: 4);

        Assert.Equal(10, file.Length);
        Assert.Equal(4, file.Read(0, new byte[10]));
        Assert.Equal(1, file.Read(3, new byte[10]));
        Assert.Equal(0, file.Read(5, new byte[10]));
    }

    // The lie that cost PostgreSQL its data: the sync failed, so it was tried again, and succeeded.
    [Fact]
    public async Task After_a_failed_sync_the_next_one_succeeds_and_keeps_nothing()
    {
        var crashable = new CrashableFileSystem();
        var disk = new FaultyFileSystem(crashable);
        disk.FailWhen(operation => operation.Kind == DiskOperationKind.Sync, once: true);
        using var file = disk.Create(Name);
        await disk.SyncDirectoryAsync("");
        file.Write(0, "lost"u8);

        await Assert.ThrowsAsync<FerrisException>(() => file.SyncAsync().AsTask());
        await file.SyncAsync();

        Assert.Equal("lost", ReadText(file));
        using var restarted = crashable.AfterRestart(CrashKind.PowerFailureKeepsUnsynced).Open(Name, FileAccess.Read);
        Assert.Equal("", ReadText(restarted));
    }

    [Fact]
    public void Mapped_writes_are_counted_and_never_fail()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        using var file = disk.Create(Name);
        file.Write(0, "before"u8);
        using var mapping = file.TryMap(6)!;
        disk.FailAt(2);

        mapping.Write(0, "after!"u8);

        Assert.Equal(3, disk.OperationCount);
        Assert.Equal("after!", ReadText(file));
    }

    [Fact]
    public void Reads_are_counted_on_demand()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem()) { CountsReads = true };
        using var file = disk.Create(Name);
        disk.FailAt(1);

        Assert.Throws<FerrisException>(() => ReadText(file));
        Assert.Contains("Read file at 0", disk.OperationLog, StringComparison.Ordinal);
    }

    private static string ReadText(IFile file)
    {
        var bytes = new byte[file.Length];
        return System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, file.Read(0, bytes)));
    }
}
