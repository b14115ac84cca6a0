using System.Text;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Manifest;

public sealed class ManifestInspectorTests
{
    private const string Folder = "db";

    [Fact]
    public async Task The_format_is_as_it_was_reviewed() =>
        GoldenFile.Check("manifest.txt", Inspect(await WriteAsync(), isWhole: true));

    [Fact]
    public async Task Damage_is_shown_where_it_lies()
    {
        var content = await WriteAsync();
        content[150] ^= 0x10;

        var text = Inspect(content, isWhole: false);

        Assert.Contains("damage: db/MANIFEST-000001 is damaged at offset 127", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_append_is_shown_as_one()
    {
        var content = await WriteAsync();
        var torn = content.AsSpan(0, content.Length - ManifestFormat.RecordHeaderSize - 3).ToArray();

        var text = Inspect(torn, isWhole: true);

        Assert.Contains("a torn append, ignored: it was never acknowledged", text, StringComparison.Ordinal);
    }

    private static string Inspect(byte[] content, bool isWhole)
    {
        var text = new StringWriter { NewLine = "\n" };
        var found = ManifestInspector.Inspect($"{Folder}/{FileNames.Manifest(1)}", content, 1, text, withBytes: true);
        Assert.Equal(isWhole, found);
        return text.ToString();
    }

    // One segment, one flush with a blob, one compaction without, one mark: every field of the format occurs.
    private static async Task<byte[]> WriteAsync()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        var created = ManifestState.CreateNew("ferrisdb 0.1", new SizeLimits(10_000, 100_000));
        await using (var log = await ManifestLog.StartAsync(disk, Folder, created))
        {
            await log.AppendAsync(new ManifestEdit { NewestSegment = new BegunSegment(6, 256 << 10) });
            await log.AppendAsync(new ManifestEdit
            {
                NextFileNumber = 8,
                DurableVersion = 20,
                LastVersion = 25,
                AddedTables =
                [
                    new PlacedTable(0, new TableMetadata(7, 4096, Span("apple", "pear"), 1, 20, 30, 4, 1, 0, 2)
                    {
                        BlobUses = new BlobUses([new BlobUse(5, 3, 900)]),
                    }),
                ],
                AddedBlobs = [new BlobMetadata(5, 972, 3)],
            });
            await log.AppendAsync(new ManifestEdit
            {
                NextFileNumber = 9,
                Floor = 25,
                Marks = ["repaired"],
                RemovedTables = [new TablePlace(0, 7)],
                RemovedBlobs = [5],
                AddedTables = [new PlacedTable(6, new TableMetadata(8, 3072, Span("apple", "pear"), 3, 20, 26, 0, 0))],
            });
        }
        return TestEdits.ReadAll(disk, $"{Folder}/{FileNames.Manifest(1)}");
    }

    private static KeyRange Span(string first, string last) =>
        new(Encoding.ASCII.GetBytes(first), [.. Encoding.ASCII.GetBytes(last), 0]);
}
