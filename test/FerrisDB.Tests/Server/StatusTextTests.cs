using FerrisDB.Cli;
using FerrisDB.Server;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Server;

/// <summary>How a status looks.</summary>
public sealed class StatusTextTests
{
    [Fact]
    public void A_status_is_drawn_as_the_golden_file_says() => GoldenFile.Check("status-text.txt", Drawn(Sample()));

    [Fact]
    public void A_status_without_a_server_is_its_sentence_alone() =>
        Assert.Equal("unavailable: nobody answers\n", Drawn(StatusReader.Missing("test:1", "nobody answers")));

    internal static ServerStatus Sample() => new()
    {
        Health = ServerStatus.Degraded,
        Summary = "degraded: writers are held up: tables of L0 wait for compaction (3 clients, 12,345 reads/s, 67 "
            + "commits/s)",
        Messages = [new("write_stall", "warning", "writers are held up: tables of L0 wait for compaction")],
        Cluster = "test:1",
        Server = new(
            "1.2.3", 1, "127.0.0.1:4500", "test:1@127.0.0.1:4500", "/data",
            new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), 7384.5, 42, "machine", "info", IsStopping: false),
        Clients = new(3, 1000, 12),
        Roles = new(
            new(1_000_000, 12_000.4), new(5, 60_000, 67.1, 120, 0.4, 3, 0, 90_000, 101.6, 9_000_000, 10_100.9),
            new(77), new(64 << 20, 128 << 20),
            new(4_000_000, 12_300, 1_000, 45.2, 100_000, 4_520, 1 << 30, 2_345_678), new(true, "L0Tables", 5_000)),
        Latencies = new(
            new(10_000, 0.021, 0.11, 3.5), new(100_000, 0.045, 0.9, 12.2), new(0, 0, 0, 0), SlowThresholdMs: 500,
            SlowTransactions: 4),
        Versions = new(987_654_321, 987_000_000, 982_654_321),
        Storage = new(
            3L << 30, 48, 1 << 20, 64 << 20, 48 << 20, 1, 200 << 20, 512 << 20, 0.973, 700 << 20, 2, 1, 4,
            new("L0Tables", 17, 1.234, 0.0098), WriteFailure: null, DamagesFound: 0),
        Followers =
        [
            new("ops (k3v9qx2m)", "10.0.0.7:4123", AwaySeconds: null, 12 << 20, 987_600_000),
            new("standby (7c2m0dyd)", "10.0.0.8:4124", AwaySeconds: 35, 120 << 20, StoredVersion: null),
        ],
        Disk = new(4L << 30, 20L << 30, 100L << 30),
        Process = new(345.6, 1.23, 180 << 20, 20 << 20, 12),
        FaultTolerance = new(1, 0, "Sync", "one copy: a backup is what is left"),
    };

    private static string Drawn(ServerStatus status)
    {
        using var text = new StringWriter { NewLine = "\n" };
        StatusText.Write(status, text);
        return text.ToString();
    }
}
