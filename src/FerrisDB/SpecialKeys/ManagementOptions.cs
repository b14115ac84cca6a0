using System.Text;

namespace FerrisDB;

/// <summary>
/// The keys below <c>management/options/</c>, which FoundationDB has for what other keys do: they can be set and read
/// in a transaction, and change nothing here.
/// </summary>
internal static class ManagementOptions
{
    private static readonly string[] Names =
    [
        "excluded/force",
        "excluded_locality/force",
        "failed/force",
        "failed_locality/force",
        "worker_interfaces/verify",
    ];

    public static List<SpecialRow> Read(TransactionContext context, byte[] prefix) =>
        [.. (context.SpecialChanges?.Options ?? []).Select(
            name => new SpecialRow([.. prefix, .. Encoding.UTF8.GetBytes(name)], []))];

    /// <summary>Sets an option. As in FoundationDB, one that does not exist is ignored.</summary>
    public static FerrisException? Set(
        TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Array.IndexOf(Names, Encoding.UTF8.GetString(name)) is >= 0 and var index)
            SpecialChanges.Of(context).Options.Add(Names[index]);
        return null;
    }

    public static FerrisException? Clear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var (first, behind) = (Encoding.UTF8.GetString(begin), Encoding.UTF8.GetString(end));
        context.SpecialChanges?.Options.RemoveWhere(name => string.CompareOrdinal(name, first) >= 0
            && (behind.Length == 0 || string.CompareOrdinal(name, behind) < 0));
        return null;
    }
}
