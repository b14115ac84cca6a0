namespace FerrisDB.Transactions;

/// <summary>Whose a connection is: what it may do, how much, and who is told of what admins do.</summary>
/// <param name="Grant">What it may do.</param>
/// <param name="Usage">How much of it is under way; null if there is no limit.</param>
/// <param name="Audit">Told what is done and to what, before it is done; what it throws prevents it.</param>
internal sealed record SessionAccess(AccessGrant Grant, AccessUsage? Usage, Action<string, string>? Audit)
{
    /// <summary>Where the connection comes from.</summary>
    public string From { get; init; } = "";

    /// <summary>Of servers that ask nobody who he is.</summary>
    public static SessionAccess Everything { get; } = new(AccessGrant.Everything, null, null);
}
