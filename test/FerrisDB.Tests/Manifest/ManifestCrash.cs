using System.Text;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Manifest;

/// <summary>
/// A sequence of edits that rolls over several times, cut short by a power failure, and what must be found afterwards:
/// a state between the last acknowledged one and the one that was being written.
/// </summary>
internal static class ManifestCrash
{
    private const string Folder = "db";

    // Keys so long that the log rolls over after a few edits.
    private const int KeyBytes = 6_000;
    private const int Edits = 16;

    private static readonly CrashKind[] Kinds = Enum.GetValues<CrashKind>();

    /// <summary>Returns how often the log rolled over before power failed; null if it never failed.</summary>
    public static async Task<long?> RunAsync(int operation)
    {
        var disk = new CrashableFileSystem(seed: operation);
        disk.CreateDirectory(Folder);
        disk.PowerFailsAt = disk.OperationCount + operation;
        var states = new List<string>();
        var number = 0L;
        try
        {
            await using var log = await StartAsync(disk, ManifestState.CreateNew("a test", new SizeLimits(1, 1)));
            states.Add(TestEdits.Describe(log.State));
            for (var index = 0; index < Edits; index++)
            {
                await log.AppendAsync(Edit(log.State));
                states.Add(TestEdits.Describe(log.State));
                number = log.Number;
            }
        }
        catch (PowerFailureException)
        {
            Assert.True(disk.PowerFailed);
        }
        foreach (var kind in Kinds)
            await CheckAsync(disk, kind, states);
        return disk.PowerFailed ? number : null;
    }

    private static async Task CheckAsync(CrashableFileSystem disk, CrashKind kind, List<string> acknowledged)
    {
        var restarted = disk.AfterRestart(kind);
        var state = ManifestLog.Recover(restarted, Folder);
        var found = state is null ? null : TestEdits.Describe(state);
        Assert.True(IsAllowed(found, acknowledged), $"{kind}\n{disk.OperationLog}");
        if (state is null)
            return;

        // What was found once is never lost again, and the log goes on from there.
        var log = await StartAsync(restarted, state);
        found = TestEdits.Describe(log.State);
        var again = ManifestLog.Recover(restarted.AfterRestart(CrashKind.PowerFailureLosesUnsynced), Folder)!;
        Assert.Equal(found, TestEdits.Describe(again));
    }

    // The one that was being written when power failed follows on the last acknowledged one by the rule of Edit.
    private static bool IsAllowed(string? found, List<string> acknowledged)
    {
        if (found == acknowledged.LastOrDefault())
            return true;
        var next = ManifestState.CreateNew("a test", new SizeLimits(1, 1));
        for (var count = 0; count < acknowledged.Count; count++)
            next.Apply(Edit(next));
        return found == TestEdits.Describe(next);
    }

    // Each adds a table and removes the one before, so that snapshots stay small.
    private static ManifestEdit Edit(ManifestState state)
    {
        var number = state.NextFileNumber;
        var key = Encoding.ASCII.GetBytes($"{number:D8}".PadRight(KeyBytes, '.'));
        var table = new TableMetadata(number, 1, new KeyRange(key, [.. key, 0]), number, number, 1, 0, 0);
        return new ManifestEdit
        {
            NextFileNumber = number + 1,
            DurableVersion = number,
            RemovedTables = [.. state.Tables.Select(old => new TablePlace(old.Level, old.Metadata.FileNumber))],
            AddedTables = [new PlacedTable(0, table)],
        };
    }

    private static ValueTask<ManifestLog> StartAsync(IFileSystem disk, ManifestState state) =>
        ManifestLog.StartAsync(disk, Folder, state);
}
