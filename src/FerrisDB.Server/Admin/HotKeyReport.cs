namespace FerrisDB.Server;

/// <summary>The keys that are read and written most, of the last half minute to minute.</summary>
internal sealed record HotKeyReport(HotKeyReport.Side Reads, HotKeyReport.Side Writes)
{
    private const int KeysMax = 20;
    private const int Digits = 4;

    public int Schema { get; init; } = 1;

    /// <summary>Draws it up.</summary>
    public static HotKeyReport Of(RoleActivity activity, RoleRates rates) => new(
        Side.Of(activity.HotReads, rates.PerSecond(rates.Counts.Reads)),
        Side.Of(activity.HotWrites, rates.PerSecond(rates.Counts.Mutations)));

    /// <summary>Reads or writes: how many keys are in the sample, how many come a second, which are hot.</summary>
    internal sealed record Side(long Sampled, double PerSecond, IReadOnlyList<KeyRow> Keys)
    {
        public static Side Of(HotKeys keys, double perSecond)
        {
            var top = keys.Top(KeysMax, out var sampled);
            return new Side(sampled, Math.Round(perSecond, 1), [.. top.Select(key => KeyRow.Of(key, sampled))]);
        }
    }

    /// <summary>
    /// A key: as people read it, its bytes in base64, its share of the sample at most, and by how much that may be too
    /// high.
    /// </summary>
    internal sealed record KeyRow(string Key, string Base64, double Share, double ShareError)
    {
        public static KeyRow Of(HotKey hot, long sampled) => new(
            KeyText.Of(hot.Key), Convert.ToBase64String(hot.Key), Math.Round((double)hot.Count / sampled, Digits),
            Math.Round((double)hot.Error / sampled, Digits));
    }
}
