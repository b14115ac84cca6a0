namespace FerrisDB.Transactions;

/// <summary>How fast a total grows, as a mean that forgets.</summary>
/// <param name="seconds">After so long a third of the past still counts.</param>
internal struct SmoothRate(double seconds)
{
    private bool _hasBegun;
    private double _total;

    /// <summary>A second.</summary>
    public double PerSecond { get; private set; }

    /// <summary>The total is so much, some time after it was asked last.</summary>
    public void Update(double total, double elapsedSeconds)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _total = total;
            return;
        }
        if (elapsedSeconds <= 0)
            return;
        var now = (total - _total) / elapsedSeconds;
        _total = total;
        PerSecond += (now - PerSecond) * (1 - Math.Exp(-elapsedSeconds / seconds));
    }
}
