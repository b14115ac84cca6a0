namespace FerrisDB.Transactions;

/// <summary>
/// How much the connections of one holder may ask, all together; 0 is no limit but that of a connection.
/// </summary>
/// <param name="RequestsPerSecond">More are not read before their time.</param>
/// <param name="ConnectionsMax">More are refused.</param>
/// <param name="CommitBytesMax">Bytes of commits without an answer; more are refused.</param>
internal sealed record AccessLimits(int RequestsPerSecond, int ConnectionsMax, long CommitBytesMax)
{
    public static AccessLimits None { get; } = new(0, 0, 0);
}
