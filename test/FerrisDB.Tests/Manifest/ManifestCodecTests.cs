using System.Buffers;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Manifest;

// Round trip, truncation at every byte, a flip at every bit, and random damage behind a checksum that was fixed up:
// whatever a file holds, it is either understood or refused with a FerrisException.
public sealed class ManifestCodecTests
{
    private const string Folder = "db";
    private static readonly string FilePath = $"{Folder}/{FileNames.Manifest(1)}";

    [Fact]
    public void Every_edit_survives_encoding()
    {
        foreach (var edit in TestEdits.Sequence(seed: 3, count: 300))
        {
            var encoded = TestEdits.Encode(edit);

            var decoded = ManifestEditCodec.Decode(encoded, "a test", 0);

            Assert.Equal(encoded, TestEdits.Encode(decoded));
        }
    }

    [Fact]
    public void An_edit_with_everything_survives_encoding_field_by_field()
    {
        var table = new TableMetadata(
            7, 1 << 20, new KeyRange([], [0, 255]), 3, EntryTag.VersionMax, 100, 10, 2, GlobalVersion: 5,
            OlderVersionCount: 4);
        var edit = new ManifestEdit
        {
            NextFileNumber = 8,
            DurableVersion = 1,
            LastVersion = 2,
            Floor = 3,
            NewestSegment = new BegunSegment(4, 4096),
            Limits = new SizeLimits(10, 20),
            CreatedBy = "tést",
            Marks = ["", "repaired"],
            RemovedTables = [new TablePlace(6, 5)],
            AddedTables = [new PlacedTable(2, table)],
        };

        var decoded = ManifestEditCodec.Decode(TestEdits.Encode(edit), "a test", 0);

        Assert.Equal(
            (8L, 1L, 2L, 3L), (decoded.NextFileNumber, decoded.DurableVersion, decoded.LastVersion, decoded.Floor));
        Assert.Equal(edit.NewestSegment, decoded.NewestSegment);
        Assert.Equal((edit.Limits, "tést"), (decoded.Limits, decoded.CreatedBy));
        Assert.Equal(edit.Marks, decoded.Marks);
        Assert.Equal(edit.RemovedTables, decoded.RemovedTables);
        Assert.Equal(edit.AddedTables, decoded.AddedTables);
    }

    [Fact]
    public void A_payload_that_is_cut_anywhere_is_refused_or_a_shorter_edit()
    {
        var encoded = TestEdits.Encode(TestEdits.Sequence(seed: 4, count: 10)[^1]);

        for (var length = 0; length < encoded.Length; length++)
            AssertRefusedOrCanonical(encoded.AsSpan(0, length));
    }

    [Fact]
    public void Random_damage_behind_a_right_checksum_is_refused_or_understood()
    {
        var edits = TestEdits.Sequence(seed: 5, count: 40);
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var payload = TestEdits.Encode(edits[random.Next(edits.Count)]);
            for (var count = random.Next(1, 4); count > 0; count--)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);

            var failure = Record.Exception(() =>
            {
                AssertRefusedOrCanonical(payload);
                AssertRefusedOrRecovered(payload);
            });
            Assert.True(failure is null, $"seed {seed}: {failure}");
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_anywhere_is_refused_or_holds_a_prefix_of_the_edits()
    {
        var (content, states) = await WriteAsync(edits: 12);
        for (var length = 0; length < content.Length; length++)
        {
            if (TryRecover(content[..length]) is { } recovered)
                Assert.Contains(recovered, states);
        }
    }

    [Fact]
    public async Task Any_flipped_bit_of_what_was_acknowledged_is_detected()
    {
        var (content, states) = await WriteAsync(edits: 12);
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var damaged = content.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var isInEndMark = bit / 8 >= content.Length - ManifestFormat.RecordHeaderSize;

            // The end mark has no content to lose; a damaged one looks as if power had been lost before it was written.
            Assert.Equal(isInEndMark ? states[^1] : null, TryRecover(damaged));
        }
    }

    [Fact]
    public async Task Damage_is_reported_with_file_offset_expected_and_found()
    {
        var (content, _) = await WriteAsync(edits: 12);
        content[content.Length / 2] ^= 1;

        var error = Assert.Throws<FerrisException>(() => Recover(content));

        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        Assert.Matches(
            "^db/MANIFEST-000001 is damaged at offset [0-9]+: expected record [0-9]+, found ", error.Message);
    }

    [Fact]
    public async Task A_last_record_that_is_damaged_without_an_end_mark_behind_it_is_a_torn_append()
    {
        var (content, states) = await WriteAsync(edits: 12);
        var torn = content[..^ManifestFormat.RecordHeaderSize];
        torn[^1] ^= 1;

        Assert.Equal(states[^2], TryRecover(torn));
    }

    private static void AssertRefusedOrCanonical(ReadOnlySpan<byte> payload)
    {
        ManifestEdit edit;
        try
        {
            edit = ManifestEditCodec.Decode(payload, "a test", 0);
        }
        catch (FerrisException refused)
        {
            Assert.Equal(ErrorCode.FileCorrupt, refused.Code);
            return;
        }
        Assert.Equal(payload.ToArray(), TestEdits.Encode(edit));
    }

    // As the second record of a file: what it says must also fit a new database.
    private static void AssertRefusedOrRecovered(byte[] payload)
    {
        var output = new ArrayBufferWriter<byte>();
        ManifestFormat.WriteHeader(output, 1);
        var created = ManifestState.CreateNew("a test", new SizeLimits(10, 20)).ToSnapshot();
        ManifestFormat.WriteEdit(output, 0, created);
        ManifestFormat.WritePayload(output, 1, payload);
        if (TryRecover(output.WrittenSpan.ToArray()) is { } recovered)
            Assert.NotEmpty(recovered);
    }

    private static async Task<(byte[] Content, List<string> States)> WriteAsync(int edits)
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        var created = ManifestState.CreateNew("a test", new SizeLimits(10_000, 100_000));
        await using var log = await ManifestLog.StartAsync(disk, Folder, created);
        var states = new List<string> { TestEdits.Describe(log.State) };
        foreach (var edit in TestEdits.Sequence(seed: 6, edits))
        {
            await log.AppendAsync(edit);
            states.Add(TestEdits.Describe(log.State));
        }
        return (TestEdits.ReadAll(disk, FilePath), states);
    }

    private static string? TryRecover(byte[] content)
    {
        try
        {
            return Recover(content);
        }
        catch (FerrisException)
        {
            return null;
        }
    }

    private static string Recover(byte[] content)
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        TestEdits.WriteAll(disk, FilePath, content);
        TestEdits.WriteAll(disk, $"{Folder}/{FileNames.Current}", CurrentFile.Format(1));
        return TestEdits.Describe(ManifestLog.Recover(disk, Folder)!);
    }
}
