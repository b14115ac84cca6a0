using FerrisDB.Storage;
using FerrisDB.Testing;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Backup;

/// <summary>The log of a follower that is away is kept until it is back, or for as long as it may be.</summary>
public sealed class FollowedLogsTests
{
    private static readonly FollowerLimits Limits = new(TimeSpan.FromMinutes(10), 1 << 20);

    private readonly TestClock _clock = new();

    [Fact]
    public async Task A_follower_that_comes_back_takes_over_what_was_kept_for_it()
    {
        await using var scene = Scene();
        var (first, place) = await BeginAsync(scene);
        await first.DisposeAsync();
        scene.WriteAndFlush();

        Assert.NotNull(Assert.Single(Followers(scene)).Away);
        await using var second = Begin(scene);
        Assert.NotNull(await second.TakeLogAsync(place));

        var follower = Assert.Single(Followers(scene));
        Assert.Null(follower.Away);
        Assert.Equal(place.Version, follower.StoredVersion);
        Assert.True(follower.LogBytes > 0);
    }

    [Theory]
    [InlineData(599, 0, false, null)]
    [InlineData(600, 0, false, "it was away for 600 s")]
    [InlineData(0, 60, false, "it needed 1 MiB of log")]
    [InlineData(0, 0, true, "the disk is nearly full")]
    public async Task The_log_of_a_follower_that_is_away_is_let_go_when_it_is_too_much(
        int seconds, int flushes, bool isDiskLow, string? reason)
    {
        await using var scene = Scene();
        var (follower, place) = await BeginAsync(scene);
        await follower.DisposeAsync();
        for (var count = 0; count <= flushes; count++)
            scene.WriteAndFlush();
        _clock.Advance(TimeSpan.FromSeconds(seconds));

        var gone = scene.Roles.Followers.LookAfter(isDiskLow);

        Assert.Equal(reason, gone.SingleOrDefault().Reason);
        Assert.Equal(reason is null, scene.Roles.Followers.IsAnyAway);
        scene.WriteAndFlush();
        await using var back = Begin(scene);
        Assert.Equal(reason is null, await back.TakeLogAsync(place) is not null);
    }

    [Fact]
    public async Task A_follower_that_is_back_before_its_old_connection_is_known_to_be_dead_leaves_nothing_behind()
    {
        await using var scene = Scene();
        var (old, place) = await BeginAsync(scene);
        await using var back = Begin(scene);
        Assert.NotNull(await back.TakeLogAsync(place));

        await old.DisposeAsync();

        Assert.Null(Assert.Single(Followers(scene)).Away);
    }

    [Fact]
    public async Task Of_two_followers_at_the_same_place_one_that_comes_back_leaves_the_other_its_log()
    {
        await using var scene = Scene();
        var (first, place) = await BeginAsync(scene);
        var (second, samePlace) = await BeginAsync(scene);
        Assert.Equal(place, samePlace);
        await first.DisposeAsync();
        await second.DisposeAsync();

        await using var back = Begin(scene);
        Assert.NotNull(await back.TakeLogAsync(place));
        scene.WriteAndFlush();

        Assert.Equal(2, Followers(scene).Count);
        await using var alsoBack = Begin(scene);
        Assert.NotNull(await alsoBack.TakeLogAsync(place));
        Assert.All(Followers(scene), static follower => Assert.Null(follower.Away));
    }

    [Fact]
    public async Task Nothing_is_kept_where_nothing_may_be()
    {
        await using var scene = Scene(Limits with { AwayMax = TimeSpan.Zero });
        var (follower, _) = await BeginAsync(scene);

        await follower.DisposeAsync();

        Assert.Empty(Followers(scene));
    }

    [Fact]
    public async Task A_follower_whose_log_is_gone_says_what_is_missing_and_goes_on_with_a_new_backup()
    {
        await using var scene = Scene();
        var steps = new List<BackupResult>();
        await FollowAsync(scene, steps, count: 2);
        _clock.Advance(Limits.AwayMax);
        Assert.Single(scene.Roles.Followers.LookAfter(isDiskLow: false));
        scene.WriteAndFlush();
        await FollowAsync(scene, steps, count: 3);

        Assert.All(steps.Where((_, index) => index != 2), static step => Assert.Null(step.MissingAfter));
        Assert.Equal(steps[1].Backup.LastVersion, steps[2].MissingAfter);
        Assert.True(steps[2].Backup.FirstVersion > steps[2].MissingAfter);
        // From there on all is there again.
        Assert.All(steps.Skip(2), step => Assert.Equal(steps[2].Backup.FirstVersion, step.Backup.FirstVersion));
    }

    [Fact]
    public async Task Of_a_database_that_was_empty_when_it_began_a_follower_leaves_nothing_out()
    {
        await using var scene = new FollowerScene(seed: 1, Limits, _clock);
        var steps = new List<BackupResult>();

        await FollowAsync(scene, steps, count: 3);

        Assert.All(steps, static step => Assert.Null(step.MissingAfter));
        await scene.AssertNothingIsMissingAsync("from an empty database on");
    }

    private FollowerScene Scene(FollowerLimits? limits = null)
    {
        var scene = new FollowerScene(seed: 1, limits ?? Limits, _clock);
        scene.WriteAndFlush();
        return scene;
    }

    private static IReadOnlyList<FollowerStatus> Followers(FollowerScene scene) => scene.Roles.Followers.Followers;

    private static FollowedLog Begin(FollowerScene scene) =>
        scene.Roles.Followers.Begin(scene.Roles.Roles.OpenArchive(), "somebody", "somewhere");

    // A follower that has stored its first backup.
    private static async Task<(FollowedLog Follower, LogPlace Place)> BeginAsync(FollowerScene scene)
    {
        var follower = Begin(scene);
        await using var all = await follower.TakeAllAsync(null);
        return (follower, LogPlace.Of(all)!.Value);
    }

    private static async Task FollowAsync(FollowerScene scene, List<BackupResult> steps, int count)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var goal = steps.Count + count;
        var options = new ArchiveOptions
        {
            Stored = result =>
            {
                steps.Add(result);
                scene.WriteAndFlush();
                if (steps.Count == goal)
                    enough.Cancel();
            },
        };
        await scene.FollowAsync(options, enough.Token);
        Assert.Equal(goal, steps.Count);
    }
}
