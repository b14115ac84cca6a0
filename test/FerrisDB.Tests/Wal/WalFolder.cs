using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

/// <summary>A log in a folder of some disk, with the words that tests of it need.</summary>
internal sealed class WalFolder(IFileSystem files, Durability durability = Durability.Sync)
{
    public const string Directory = "/db";

    public StorageOptions Options { get; init; } = new()
    {
        Durability = durability,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 16384,
    };

    public ManualScheduler Scheduler { get; init; } = new();

    /// <summary>What the manifest would know: it is durable as soon as it is told.</summary>
    public BegunSegment Known { get; set; }

    public IFileSystem Files => files;

    public IEnumerable<string> Segments =>
        files.List(Directory).Where(name => name.EndsWith(".wal", StringComparison.Ordinal));

    /// <summary>What a step of <see cref="NewHardening"/> writes: less than most records.</summary>
    public const int HardeningStepBytes = 512;

    /// <summary>Makes durable what is read, whenever <see cref="Scheduler"/> runs a step.</summary>
    public WalHardening NewHardening() => new(files, Scheduler, HardeningStepBytes);

    /// <summary>Reads the whole log, which is made durable meanwhile; the payloads are text.</summary>
    public async Task<(List<(long Version, string Text)> Records, WalEnd End)> RecoverAsync(
        long durableVersion = 0, bool isReadOnly = false)
    {
        await using var hardening = isReadOnly ? null : NewHardening();
        using var recovery = new WalRecovery(files, Directory, durableVersion, isReadOnly, Known, hardening);
        var records = new List<(long, string)>();
        while (recovery.TryNext(out var version, out var payload))
        {
            records.Add((version, System.Text.Encoding.UTF8.GetString(payload)));
            if (version % 3 == 0)
                Scheduler.RunOneStep();
        }
        return (records, await recovery.FinishAsync(Tell));
    }

    public async Task<WalWriter> OpenAsync(long durableVersion = 0)
    {
        files.CreateDirectory(Directory);
        var (_, end) = await RecoverAsync(durableVersion);
        return NewWriter(end);
    }

    public WalWriter NewWriter(WalEnd end) => new(files, Directory, Options, Scheduler, end) { SegmentBegun = Tell };

    /// <summary>Tells the manifest.</summary>
    public ValueTask Tell(BegunSegment newest)
    {
        Known = newest;
        return default;
    }

    public static async Task AppendAsync(WalWriter writer, long version, string text)
    {
        var payload = System.Text.Encoding.UTF8.GetBytes(text);
        if (!writer.HasRoomFor(payload.Length))
            await writer.MakeRoomAsync(payload.Length);
        writer.Append(version, payload);
    }

    /// <summary>A payload that says which version it belongs to, of any length.</summary>
    public static string TextOf(long version, int length) =>
        $"{version}:{new string((char)('a' + (version % 26)), length)}";
}
