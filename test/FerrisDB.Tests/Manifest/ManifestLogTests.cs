using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Manifest;

public sealed class ManifestLogTests
{
    private const string Folder = "db";

    private readonly MemoryFileSystem _disk = new();

    public ManifestLogTests() => _disk.CreateDirectory(Folder);

    [Fact]
    public void An_empty_folder_holds_no_database() => Assert.Null(ManifestLog.Recover(_disk, Folder));

    [Fact]
    public async Task What_was_appended_is_recovered()
    {
        var log = await CreateAsync();
        var edits = TestEdits.Sequence(seed: 1, count: 20);
        foreach (var edit in edits)
            await log.AppendAsync(edit);
        var expected = TestEdits.Describe(log.State);
        await log.DisposeAsync();

        var recovered = Recover();

        Assert.Equal(expected, TestEdits.Describe(recovered));
        Assert.Equal(ManifestEnding.EndMark, recovered.Ending);
    }

    [Fact]
    public async Task Every_open_begins_a_new_manifest_and_deletes_the_old()
    {
        await CreateAsync();
        var log = await ManifestLog.StartAsync(_disk, Folder, Recover());
        await log.DisposeAsync();

        Assert.Equal(2, log.Number);
        Assert.Equal(["CURRENT", "MANIFEST-000002"], _disk.List(Folder));
    }

    [Fact]
    public async Task A_long_log_rolls_over_to_a_snapshot()
    {
        var log = await CreateAsync();
        foreach (var edit in TestEdits.Sequence(seed: 2, count: 4_000))
            await log.AppendAsync(edit);
        var expected = TestEdits.Describe(log.State);
        await log.DisposeAsync();

        Assert.InRange(log.Number, 2, 100);
        Assert.Equal(["CURRENT", FileNames.Manifest(log.Number)], _disk.List(Folder));
        Assert.Equal(expected, TestEdits.Describe(Recover()));
    }

    [Fact]
    public async Task Recovery_writes_nothing()
    {
        await CreateAsync();
        var before = _disk.List(Folder);

        Recover();

        Assert.Equal(before, _disk.List(Folder));
    }

    [Fact]
    public async Task A_folder_with_data_and_without_CURRENT_is_refused()
    {
        await (await CreateAsync()).DisposeAsync();
        _disk.Delete($"{Folder}/{FileNames.Current}");
        _disk.Create($"{Folder}/{FileNames.Table(7)}").Dispose();

        var error = Assert.Throws<FerrisException>(() => ManifestLog.Recover(_disk, Folder));

        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        Assert.Contains("CURRENT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_open_that_crashed_before_CURRENT_is_no_database()
    {
        await (await CreateAsync()).DisposeAsync();
        _disk.Delete($"{Folder}/{FileNames.Current}");

        Assert.Null(ManifestLog.Recover(_disk, Folder));
    }

    [Fact]
    public async Task A_newer_format_is_refused_with_both_numbers_and_the_file()
    {
        await (await CreateAsync()).DisposeAsync();
        var path = $"{Folder}/{FileNames.Manifest(1)}";
        var content = TestEdits.ReadAll(_disk, path);
        content[8] = 9;
        BitConverter.TryWriteBytes(content.AsSpan(28), Crc32C.Of(content.AsSpan(0, 28)));
        TestEdits.WriteAll(_disk, path, content);

        var error = Assert.Throws<FerrisException>(() => ManifestLog.Recover(_disk, Folder));

        Assert.Equal(ErrorCode.FormatTooNew, error.Code);
        Assert.Contains("MANIFEST-000001 has format version 9", error.Message, StringComparison.Ordinal);
        Assert.Contains("reads up to version 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CURRENT_is_one_line_of_text() =>
        Assert.Equal("MANIFEST-000003 crc32c=9fe8597d\n", Encoding.ASCII.GetString(CurrentFile.Format(3)));

    [Fact]
    public async Task Any_flipped_bit_of_CURRENT_is_detected()
    {
        await (await CreateAsync()).DisposeAsync();
        var path = $"{Folder}/{FileNames.Current}";
        var content = TestEdits.ReadAll(_disk, path);

        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var damaged = content.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            TestEdits.WriteAll(_disk, path, damaged);
            Assert.Throws<FerrisException>(() => ManifestLog.Recover(_disk, Folder));
        }
    }

    private ManifestState Recover() => ManifestLog.Recover(_disk, Folder)!;

    private ValueTask<ManifestLog> CreateAsync() =>
        ManifestLog.StartAsync(_disk, Folder, ManifestState.CreateNew("a test", new SizeLimits(10_000, 100_000)));
}
