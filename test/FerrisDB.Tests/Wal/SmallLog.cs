using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

/// <summary>A log of two small segments as bytes, to damage and to recover. Each of its records was synced.</summary>
internal sealed class SmallLog
{
    private const int SegmentBytes = 4096;

    private readonly List<(long Version, string Text)> _records = [];

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Offset behind the last record of each file; what follows holds nothing.</summary>
    public Dictionary<string, long> Ends { get; } = [];

    public string LastFile => Files.Keys.Last();

    /// <summary>Offset of the last record in the last file.</summary>
    public long LastRecordOffset { get; private set; }

    public static async Task<SmallLog> WriteAsync(bool isClosed)
    {
        var log = new SmallLog();
        var folder = new WalFolder(new MemoryFileSystem())
        {
            Options = new StorageOptions { WalSegmentFirstBytes = SegmentBytes, WalSegmentLargestBytes = SegmentBytes },
        };
        var writer = await folder.OpenAsync();
        while (folder.Segments.Count() < 2 || log.Ends[folder.Segments.Last()] < 700)
        {
            var version = log._records.Count + 1;
            var text = WalFolder.TextOf(version, version * 131 % 900);
            await WalFolder.AppendAsync(writer, version, text);
            log._records.Add((version, text));
            writer.Flush();
            await writer.SyncAsync();
            using var hold = writer.Hold();
            foreach (var segment in hold.Segments)
                log.Ends[Path.GetFileName(segment.Path)] = segment.End - segment.Start;
            log.LastRecordOffset = log.Ends[log.Ends.Keys.Max()!] - WalFormat.RecordSize(text.Length);
        }
        if (isClosed)
            await writer.CloseAsync();
        foreach (var name in folder.Segments)
        {
            log.Files[name] = Read(folder.Files, name);
            if (isClosed && name == folder.Segments.Last())
                log.Ends[name] = log.Files[name].Length;
        }
        return log;
    }

    /// <summary>Recovers the log with one file exchanged.</summary>
    public async Task<Outcome> RecoverAsync(string name, byte[] content)
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory(WalFolder.Directory);
        foreach (var (other, bytes) in Files)
        {
            using var file = files.Create($"{WalFolder.Directory}/{other}");
            file.Write(0, other == name ? content : bytes);
        }
        var outcome = new Outcome([]);
        try
        {
            using var recovery = new WalRecovery(files, WalFolder.Directory, durableVersion: 0, isReadOnly: true);
            while (recovery.TryNext(out var version, out var payload))
                outcome.Records.Add((version, System.Text.Encoding.UTF8.GetString(payload)));
            await recovery.FinishAsync();
        }
        catch (FerrisException error)
        {
            outcome = outcome with { Error = error };
        }
        return outcome;
    }

    private static byte[] Read(IFileSystem files, string name)
    {
        using var file = files.Open($"{WalFolder.Directory}/{name}", FileAccess.Read);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    internal sealed record Outcome(List<(long Version, string Text)> Records)
    {
        public FerrisException? Error { get; init; }

        public bool LacksLastOf(SmallLog log) => Error is null && Records.SequenceEqual(log._records.SkipLast(1));

        public bool IsPrefixOf(SmallLog log) => Error is null
            && Records.SequenceEqual(log._records.Take(Records.Count));

        public override string ToString() => Error?.Message ?? $"no error, {Records.Count} records";
    }
}
