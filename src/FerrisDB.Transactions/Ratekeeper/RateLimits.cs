namespace FerrisDB.Transactions;

/// <summary>How many transactions may start in a second, and why not more.</summary>
/// <param name="Default">All of default priority; infinite if nothing limits them.</param>
/// <param name="Batch">Of default and batch priority together, as far as batch priority may add to them.</param>
/// <param name="Reason">What limits those of default priority.</param>
/// <param name="BatchReason">What limits those of batch priority.</param>
internal sealed record RateLimits(double Default, double Batch, RateLimitReason Reason, RateLimitReason BatchReason)
{
    public static RateLimits None { get; } =
        new(double.PositiveInfinity, double.PositiveInfinity, RateLimitReason.None, RateLimitReason.None);

    /// <summary>True if nothing limits anybody.</summary>
    public bool AreNone => double.IsPositiveInfinity(Default) && double.IsPositiveInfinity(Batch);
}
