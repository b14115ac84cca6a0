using System.Diagnostics;

namespace FerrisDB.Tests.Network;

// Needs a network of its own, which test/network/run makes, and a server at the other end of its link.
/// <summary>What clients see when the link to their server is cut: nothing, until it is mended.</summary>
public sealed class LinkTests(ITestOutputHelper output)
{
    private static readonly string? Cluster = Environment.GetEnvironmentVariable("FERRISDB_TEST_LINK_CLUSTER");
    private static readonly string? Cut = Environment.GetEnvironmentVariable("FERRISDB_TEST_LINK_CUT");
    private static readonly string? Mend = Environment.GetEnvironmentVariable("FERRISDB_TEST_LINK_MEND");

    // Invariant: as RemoteHistoryTests. Packets are lost, and TCP sends them again; no connection is told.
    [Fact]
    public async Task A_history_over_a_link_that_is_cut_is_strictly_serializable()
    {
        Assert.SkipWhen(Cluster is null, "there is no link to cut: test/network/run makes one");
        output.WriteLine(await DisturbedHistory.PlayAndCheckAsync(Cluster, () => Run(Cut!), () => Run(Mend!)));
    }

    private static void Run(string command)
    {
        using var process = Process.Start("/bin/sh", ["-c", command]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
