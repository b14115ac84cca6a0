namespace FerrisDB;

/// <summary>Writes of special keys that mean something in a cluster of many processes, and nothing here.</summary>
internal static class SpecialRefusals
{
    /// <summary>Refuses a write, and says why.</summary>
    /// <param name="command">What FoundationDB calls it.</param>
    /// <param name="reason">Why it cannot be done here.</param>
    public static SpecialWrite Of(string command, string reason) =>
        (context, _, _) => ErrorDocument.Refuse(context, command, reason);

    /// <summary>Accepts that nothing is to be there, which is so.</summary>
    public static FerrisException? NothingToClear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) => null;
}
