namespace FerrisDB.Transactions;

/// <summary>Something that waits in storage, at one moment.</summary>
/// <param name="Reason">What it is.</param>
/// <param name="Length">How much waits, in whatever unit.</param>
/// <param name="Arrived">How much has arrived since the start, in the same unit.</param>
/// <param name="Target">The length at which as much may arrive as leaves.</param>
/// <param name="Spring">How much before the target it begins to count.</param>
internal readonly record struct QueueLoad(
    RateLimitReason Reason, double Length, double Arrived, double Target, double Spring);
