using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

// The format as a reviewed diff: golden/*.txt are rewritten when FERRIS_UPDATE_GOLDEN=1.
public sealed class WalInspectorTests
{
    [Fact]
    public async Task The_bytes_of_a_small_segment_are_what_the_golden_file_says() =>
        GoldenFile.Check("segment_bytes.txt", await InspectAsync(isInBytes: true));

    [Fact]
    public async Task The_records_of_a_small_segment_are_what_the_golden_file_says() =>
        GoldenFile.Check("segment_records.txt", await InspectAsync(isInBytes: false));

    [Fact]
    public void A_file_that_is_no_segment_is_called_so()
    {
        var files = new MemoryFileSystem();
        using (var file = files.Create("/x.wal"))
            file.Write(0, new byte[200]);
        using var reader = new WalReader(files.Open("/x.wal", FileAccess.Read), number: null);
        using var output = new StringWriter();
        WalInspector.WriteRecords(reader, output);
        Assert.Contains("no header", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> InspectAsync(bool isInBytes)
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var wal = await folder.OpenAsync();
        var commits = new GroupCommit(wal, new RecordingTarget());
        var batch = new WriteBatch();
        batch.Put("apple"u8, "red"u8);
        commits.Commit(batch, Durability.Sync);
        batch.Clear();
        batch.Put("cherry"u8, "a value that is longer than a line"u8);
        batch.Delete("banana"u8);
        batch.DeleteRange("m"u8, [0xff, (byte)'\\']);
        commits.Commit(batch, Durability.Sync, version: 1000);
        await wal.CloseAsync();

        using var file = folder.Files.Open(WalFolder.Directory + "/000001.wal", FileAccess.Read);
        using var reader = new WalReader(folder.Files.Open(file.Path, FileAccess.Read), number: 1);
        using var output = new StringWriter { NewLine = "\n" };
        if (isInBytes)
            WalInspector.WriteBytes(reader, file, output);
        else
            WalInspector.WriteRecords(reader, output);
        return output.ToString();
    }
}
