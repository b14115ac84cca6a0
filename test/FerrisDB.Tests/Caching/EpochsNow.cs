using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>
/// Waits for what epochs reclaim. They are process-wide, so a test that runs at the same time may keep something alive
/// for as long as one of its reads takes.
/// </summary>
internal static class EpochsNow
{
    public static void Drain(Func<bool> isReclaimed) =>
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Epochs.Collect();
                    return isReclaimed();
                },
                TimeSpan.FromSeconds(30)),
            "something was not reclaimed although nobody reads it");
}
