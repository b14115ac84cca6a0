using System.Buffers;
using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Manifest;

/// <summary>Random edits that fit one another, and states in a form that can be compared.</summary>
internal static class TestEdits
{
    /// <summary>Edits that follow on one another and on a new database. The same seed gives the same edits.</summary>
    public static List<ManifestEdit> Sequence(int seed, int count)
    {
        var random = new Random(seed);
        var state = ManifestState.CreateNew("a test", new SizeLimits(10_000, 100_000));
        var edits = new List<ManifestEdit>();
        for (var index = 0; index < count; index++)
        {
            var edit = Next(random, state);
            state.Apply(edit);
            edits.Add(edit);
        }
        return edits;
    }

    /// <summary>All that an edit or a state says, as its encoding in hexadecimal.</summary>
    public static string Describe(ManifestState state) => Convert.ToHexString(Encode(state.ToSnapshot()));

    public static byte[] Encode(ManifestEdit edit)
    {
        var output = new ArrayBufferWriter<byte>();
        ManifestEditCodec.Encode(edit, output);
        return output.WrittenSpan.ToArray();
    }

    public static TableMetadata Table(
        long number, string begin, string end, long newest = 10, long sizeBytes = 1 << 20) =>
        new(number, sizeBytes, new KeyRange(Encoding.UTF8.GetBytes(begin), Encoding.UTF8.GetBytes(end)),
            newest, newest, EntryCount: 100, TombstoneCount: 0, RangeTombstoneCount: 0);

    public static byte[] ReadAll(IFileSystem disk, string path)
    {
        using var file = disk.Open(path, FileAccess.Read);
        var content = new byte[file.Length];
        file.Read(0, content);
        return content;
    }

    public static void WriteAll(IFileSystem disk, string path, byte[] content)
    {
        using var file = disk.Create(path);
        file.Write(0, content);
    }

    // A flush to L0, or a compaction of everything in L0 and one slot of L1; each slot is a tenth of the key space.
    private static ManifestEdit Next(Random random, ManifestState state)
    {
        var l0 = state.Tables.Where(table => table.Level == 0).ToList();
        var number = state.NextFileNumber;
        var version = state.DurableVersion + random.Next(1, 100);
        if (l0.Count < 4 || random.Next(10) == 0)
        {
            var flushed = Table(number, $"{random.Next(5)}", $"{random.Next(5, 10)}", version);
            var hasBlob = random.Next(2) == 0;
            if (hasBlob)
                flushed = flushed with { BlobUses = new BlobUses([new BlobUse(number + 1, 50, 5000)]) };
            return new ManifestEdit
            {
                AddedBlobs = hasBlob ? [new BlobMetadata(number + 1, 1 << 20, 60)] : [],
                NextFileNumber = number + 2,
                DurableVersion = version,
                LastVersion = Math.Max(state.LastVersion, version + random.Next(10)),
                NewestSegment = random.Next(3) == 0 ? new BegunSegment(random.Next(9), random.Next(5000)) : null,
                AddedTables = [new PlacedTable(0, flushed)],
                Marks = random.Next(50) == 0 ? [$"repaired with loss of versions above {version}"] : [],
            };
        }

        var slot = random.Next(10);
        var old = state.Tables.Where(table => table.Level == 1 && table.Metadata.Span.Begin[0] == '0' + slot).ToList();
        var kept = l0.Concat(old).SelectMany(table => table.Metadata.BlobUses).DistinctBy(use => use.FileNumber)
            .Where(_ => random.Next(2) == 0).OrderBy(use => use.FileNumber);
        var merged = Table(number, $"{slot}", $"{slot}~", version) with { BlobUses = new BlobUses([.. kept]) };
        PlacedTable[] added = [new PlacedTable(1, merged)];
        TablePlace[] removed =
            [.. l0.Concat(old).Select(table => new TablePlace(table.Level, table.Metadata.FileNumber))];
        return new ManifestEdit
        {
            NextFileNumber = number + 1,
            Floor = random.Next(2) == 0 ? Math.Max(state.Floor, version - 100) : null,
            RemovedTables = removed,
            AddedTables = added,
            RemovedBlobs = state.BlobsUnusedAfter(added, removed),
        };
    }
}
