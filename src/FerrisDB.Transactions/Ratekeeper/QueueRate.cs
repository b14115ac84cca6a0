namespace FerrisDB.Transactions;

/// <summary>What one queue lets start, from how it has been growing.</summary>
internal struct QueueRate
{
    // Flushes and compactions end in steps; what is forgotten sooner would see a stop or a flood at each.
    public const double SmoothingSeconds = 3;

    // So far over the target a tenth of what leaves may arrive.
    private const double RatioMax = 10;

    // Who would take longer to fill the spring does not write: both rates fade together, and say nothing any more.
    private const double FillSecondsMax = 600;

    // After it was long, four times as much as leaves may arrive before it begins to count, and not whatever comes:
    // that could fill it before anybody looks again.
    private const double RatioMin = 0.25;
    private const double LongShare = 0.55;

    private SmoothRate _arrives;
    private SmoothRate _leaves;
    private double _length;

    public QueueRate()
    {
        _arrives = new SmoothRate(SmoothingSeconds);
        _leaves = new SmoothRate(SmoothingSeconds);
    }

    /// <summary>Its mean length: a flush empties it in steps.</summary>
    public readonly double Length => _length;

    /// <summary>Takes the next reading.</summary>
    public void Update(in QueueLoad load, double elapsedSeconds)
    {
        _arrives.Update(load.Arrived, elapsedSeconds);
        _leaves.Update(load.Arrived - load.Length, elapsedSeconds);
        _length += (load.Length - _length) * (1 - Math.Exp(-elapsedSeconds / SmoothingSeconds));
    }

    /// <summary>Transactions that may start in a second, so that the queue stays about its target.</summary>
    /// <param name="load">The last reading.</param>
    /// <param name="length">The length that counts.</param>
    /// <param name="target">The length to aim at.</param>
    /// <param name="startsPerSecond">How many start now.</param>
    public readonly double Limit(in QueueLoad load, double length, double target, double startsPerSecond)
    {
        var ratio = Math.Clamp((length - target + load.Spring) / load.Spring, 0, RatioMax);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.RatekeeperDoesNotSeeTheQueue)
            ratio = Math.Min(ratio, 0.5);
#endif
        if (_length > target * LongShare)
            ratio = Math.Max(ratio, RatioMin);
        // Who does not write does not make it longer.
        if (ratio <= 0 || _arrives.PerSecond * FillSecondsMax <= load.Spring)
            return double.PositiveInfinity;
        return startsPerSecond * Math.Max(_leaves.PerSecond, 0) / (_arrives.PerSecond * ratio);
    }
}
