namespace FerrisDB.Extensions;

/// <summary>Where a cache keeps its entries, and how.</summary>
public sealed class FerrisDbCacheOptions
{
    /// <summary>
    /// The part of the database that belongs to the cache alone. Default: <c>("ferrisdb", "cache")</c>.
    /// </summary>
    public Subspace Keys { get; set; } = new("ferrisdb", "cache");

    /// <summary>
    /// What entries survive. Default: <see cref="Durability.Process"/>, a crash of the process but not always a power
    /// cut, because what is cached can be had again.
    /// </summary>
    public Durability Durability { get; set; } = Durability.Process;

    /// <summary>
    /// Time between two removals of expired entries, which are invisible already and only take space; at least 1 s, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for none. Default: 1 minute.
    /// </summary>
    public TimeSpan RemovalPeriod { get; set; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Keys);
        if (RemovalPeriod < TimeSpan.FromSeconds(1) && RemovalPeriod != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(
                nameof(RemovalPeriod), RemovalPeriod, "FerrisDbCacheOptions.RemovalPeriod must be at least 1 s.");
    }
}
