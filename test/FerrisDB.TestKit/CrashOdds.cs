namespace FerrisDB.TestKit;

/// <summary>How likely a disk was to have got, when the power failed, what nobody had synced.</summary>
/// <remarks>
/// Drawn once for each crash, the extremes among them: were all chances even, a crash that loses everything of one kind
/// and nothing of another would practically never be tried.
/// </remarks>
internal sealed class CrashOdds
{
    private static readonly double[] Chances = [0, 0.2, 0.5, 0.8, 1];

    private readonly Random _random;
    private readonly double _keepsPage;
    private readonly double _keepsLength;
    private readonly double _keepsName;

    public CrashOdds(int seed, CrashKind kind)
    {
        _random = new Random(seed);
        (_keepsPage, _keepsLength, _keepsName) = kind switch
        {
            CrashKind.PowerFailure => (Chance(), Chance(), Chance()),
            CrashKind.PowerFailureLosesUnsynced => (0, 0, 0),
            CrashKind.PowerFailureKeepsUnsynced => (1, 1, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        TearsPages = kind == CrashKind.PowerFailure;
    }

    /// <summary>False if what is not kept whole is lost whole.</summary>
    public bool TearsPages { get; }

    public bool KeepsPage() => Happens(_keepsPage);

    public bool KeepsLength() => Happens(_keepsLength);

    public bool KeepsName() => Happens(_keepsName);

    public bool Evenly() => Happens(0.5);

    /// <summary>A number from 0 to <paramref name="last"/>, both included.</summary>
    public long UpTo(long last) => _random.NextInt64(last + 1);

    private double Chance() => Chances[_random.Next(Chances.Length)];

    private bool Happens(double chance) => _random.NextDouble() < chance;
}
