namespace FerrisDB.Transactions;

/// <summary>Permissions to start: they come with time, go with each start, and do not keep for long.</summary>
internal struct StartBudget
{
    // Longer than the steps in which it is looked at, and no more, so that a pause is not followed by a flood.
    private const double SecondsKept = 0.1;

    private double _tokens;

    /// <summary>True if something may start. A large group takes more than there is: later ones pay.</summary>
    public readonly bool HasAny => _tokens > 0;

    public void Take(int count) => _tokens -= count;

    /// <summary>Time has passed.</summary>
    public void Earn(double perSecond, double seconds) => _tokens = double.IsPositiveInfinity(perSecond)
        ? double.PositiveInfinity
        : Math.Min(
            (double.IsPositiveInfinity(_tokens) ? 0 : _tokens) + (perSecond * seconds),
            Math.Max(1, perSecond * SecondsKept));
}
