using FerrisDB.Storage;

namespace FerrisDB.Tests.Backup;

// Cut the connection of a follower at each frame in turn, of either side. While it is away the database writes and
// flushes, so that it does not need the log itself any more: it must be there for the follower all the same.

/// <summary>A follower whose connection is cut leaves no version out, wherever that happens.</summary>
public sealed class FollowerCutTests
{
    private const int StepsAfterTheCut = 2;
    private const int StepsWithoutACut = 4;

    [Fact]
    public Task Nothing_is_missing_wherever_the_connection_of_a_follower_is_cut() => CutAtEachFrameAsync();

    internal static async Task CutAtEachFrameAsync()
    {
        var cuts = 0;
        while (await CutAsync(frame: cuts))
            cuts++;
        // A backup, and some steps, each of several questions and answers.
        Assert.InRange(cuts, 40, 400);
    }

    // False if the follower was done before so many frames.
    private static async Task<bool> CutAsync(int frame)
    {
        await using var scene = new FollowerScene(seed: frame);
        scene.WriteAndFlush();
        var (stored, goal) = (0, StepsWithoutACut);
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var options = new ArchiveOptions
        {
            Stored = _ =>
            {
                scene.WriteAndFlush();
                if (++stored >= goal)
                    enough.Cancel();
            },
            Failed = _ =>
            {
                goal = stored + StepsAfterTheCut;
                scene.Network.WhenEndedAsync().GetAwaiter().GetResult();
                scene.WriteAndFlush();
            },
        };
        scene.Network.CutAfterFrames(frame);
        await scene.FollowAsync(options, enough.Token);

        Assert.Equal(goal, stored);
        await scene.AssertNothingIsMissingAsync($"cut instead of frame {frame}");
        return scene.Network.IsCut;
    }
}
