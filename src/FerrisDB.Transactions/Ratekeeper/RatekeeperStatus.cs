namespace FerrisDB.Transactions;

/// <summary>How the start of transactions is limited at one moment, for a person or a meter.</summary>
/// <param name="StartsPerSecondMax">Of default priority; infinite if nothing limits them.</param>
/// <param name="BatchStartsPerSecondMax">Of batch priority, together with the others.</param>
/// <param name="Reason">What limits those of default priority.</param>
/// <param name="BatchReason">What limits those of batch priority.</param>
/// <param name="StartsPerSecond">How many start, about.</param>
/// <param name="Started">How many have started since the server has.</param>
/// <param name="Waiting">Requests of default priority that wait.</param>
/// <param name="BatchWaiting">Requests of batch priority that wait.</param>
internal readonly record struct RatekeeperStatus(
    double StartsPerSecondMax,
    double BatchStartsPerSecondMax,
    RateLimitReason Reason,
    RateLimitReason BatchReason,
    double StartsPerSecond,
    long Started,
    int Waiting,
    int BatchWaiting);
