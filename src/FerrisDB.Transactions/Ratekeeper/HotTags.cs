namespace FerrisDB.Transactions;

// While the Ratekeeper lets fewer start than want to, all wait, whoever it is that writes so much. If that is one tag:
//
//     limited, and a tag has a quarter of what was written  ──►  it starts half as often as now; again after a while
//     not limited                                           ──►  its throttle grows by a tenth in each step
//     not limited, and it asks for less than half of that   ──►  its throttle ends when its time is over
//
// So the tag ends where storage can just take it beside the others, who do not wait any more.

/// <summary>Throttles the tags that make storage unable to follow, of those whose programs allow that.</summary>
/// <remarks>
/// A function of what it is told, and when; for one thread at a time. What an operator has said of a tag counts more.
/// </remarks>
internal sealed class HotTags(TagThrottles throttles)
{
    /// <summary>How long a throttle lasts that nobody needs any more.</summary>
    public const double SecondsKept = 60;

    private const double StepSeconds = 2;

    // The queues show what a throttle did after their smoothing, and a flush.
    private const double SecondsBetweenCuts = 6;

    private const double ShareMin = 0.25;
    private const double Cut = 0.5;
    private const double Growth = 1.1;
    private const double StartsPerSecondMin = 1;

    private double _elapsed;
    private double _sinceCut = SecondsBetweenCuts;
    private long _bytesBefore;
    private volatile bool _isEnabled = true;

    /// <summary>Where it sets its own, among those of operators.</summary>
    public TagThrottles Throttles => throttles;

    /// <summary>False: nothing is throttled but what an operator says.</summary>
    public bool IsEnabled
    {
        get => _isEnabled;
        set
        {
            _isEnabled = value;
            if (!value)
                throttles.Remove(static each => each.IsAutomatic);
        }
    }

    /// <summary>Some time has passed.</summary>
    /// <param name="elapsedSeconds">Since the last time.</param>
    /// <param name="isLimited">Fewer may start than want to.</param>
    /// <param name="bytesWritten">Bytes of all commits since the start.</param>
    /// <param name="now">By the timestamps of the server's clock.</param>
    /// <param name="ticksPerSecond">Of that clock.</param>
    public void Update(double elapsedSeconds, bool isLimited, long bytesWritten, long now, long ticksPerSecond)
    {
        _elapsed += elapsedSeconds;
        _sinceCut += elapsedSeconds;
        if (_elapsed < StepSeconds)
            return;
        var uses = throttles.Usage.Take();
        var bytes = bytesWritten - _bytesBefore;
        var endsAt = now + (long)(SecondsKept * ticksPerSecond);
        if (!isLimited)
            Grow(uses, endsAt);
        else if (_isEnabled && _sinceCut >= SecondsBetweenCuts && TryCut(uses, bytes, endsAt))
            _sinceCut = 0;
        _bytesBefore = bytesWritten;
        _elapsed = 0;
    }

    private bool TryCut(IReadOnlyDictionary<byte[], TagUse> uses, long bytes, long endsAt)
    {
        byte[]? hottest = null;
        var most = (long)(bytes * ShareMin);
        foreach (var (tag, use) in uses)
        {
            if (use.Bytes <= most || throttles.Find(tag) is { IsAutomatic: false })
                continue;
            (hottest, most) = (tag, use.Bytes);
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.HotTagsAreNotFound)
            return false;
#endif
        if (hottest is null)
            return false;
        var starts = uses[hottest].Starts / _elapsed;
        if (throttles.Find(hottest) is not { } throttle)
            return throttles.TrySet(new TagThrottle(
                hottest, Math.Max(starts * Cut, StartsPerSecondMin), endsAt, isAutomatic: true));
        throttle.Change(Math.Max(Math.Min(starts, throttle.StartsPerSecond) * Cut, StartsPerSecondMin), endsAt);
        return true;
    }

    private void Grow(IReadOnlyDictionary<byte[], TagUse> uses, long endsAt)
    {
        foreach (var throttle in throttles.All)
        {
            if (!throttle.IsAutomatic)
                continue;
            var isNeeded = uses.TryGetValue(throttle.Tag, out var use)
                && use.Starts / _elapsed * 2 > throttle.StartsPerSecond;
            throttle.Change(throttle.StartsPerSecond * Growth, isNeeded ? endsAt : throttle.EndsAt);
        }
    }
}
