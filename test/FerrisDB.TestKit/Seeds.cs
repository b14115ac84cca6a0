namespace FerrisDB.TestKit;

/// <summary>
/// Which seeds a random test tries: a fixed few, more with FERRIS_SEEDS=N, or one with FERRIS_SEED=N.
/// </summary>
public static class Seeds
{
    /// <summary>The seeds to try, from 1 on unless one is asked for.</summary>
    public static IEnumerable<int> ToTry(int standard)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("FERRIS_SEED"), out var one))
            return [one];
        var isSet = int.TryParse(Environment.GetEnvironmentVariable("FERRIS_SEEDS"), out var count);
        return Enumerable.Range(1, isSet ? count : standard);
    }
}
