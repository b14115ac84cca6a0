using System.Globalization;
using System.Text;

namespace FerrisDB;

/// <summary>What a cluster of one process says of itself by special keys.</summary>
internal static class ClusterRows
{
    private const string EmbeddedDescription = "ferrisdb";

    /// <summary>
    /// An id that stays the same as long as the name in the cluster file, or in process the folder, does.
    /// </summary>
    public static string IdOf(TransactionContext context)
    {
        var name = context.Database.Remote?.Where.Cluster ?? context.Database.Storage.Folder;
        // FNV-1a of 128 bits: nobody is to be kept from finding a name with the same id.
        var hash = new UInt128(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (var each in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ each) * new UInt128(1 << 24, 0x13b));
        return hash.ToString("x32", CultureInfo.InvariantCulture);
    }

    public static List<SpecialRow> Id(TransactionContext context, byte[] key) => [Row(key, "", IdOf(context))];

    public static List<SpecialRow> Coordinators(TransactionContext context, byte[] prefix) =>
    [
        Row(prefix, "cluster_description", context.Database.Remote?.Where.Description ?? EmbeddedDescription),
        Row(prefix, "processes", Addresses(context)),
    ];

    public static List<SpecialRow> AutoCoordinators(TransactionContext context, byte[] key) =>
        [Row(key, "", Addresses(context))];

    // What FoundationDB says when nobody has set it.
    public static List<SpecialRow> Distribution(TransactionContext context, byte[] prefix) =>
        [Row(prefix, "mode", "-1")];

    /// <summary>A row for each process, by its address: something that the status says of it.</summary>
    public static List<SpecialRow> Processes(TransactionContext context, byte[] prefix, string member)
    {
        List<SpecialRow> rows = [];
        using var status = StatusDocument.Cluster(context);
        if (status?.RootElement.TryGetProperty("processes", out var processes) != true)
            return rows;
        foreach (var process in processes.EnumerateObject())
        {
            if (process.Value.TryGetProperty("address", out var address)
                && process.Value.TryGetProperty(member, out var value))
                rows.Add(Row(prefix, Plain(address.GetString()!), Plain(value.GetString()!)));
        }
        return rows;
    }

    // Behind the address there may stand that it speaks TLS.
    private static string Plain(string address) => address.Replace(":tls", "", StringComparison.Ordinal);

    private static string Addresses(TransactionContext context) =>
        string.Join(',', context.Database.Remote?.Where.Addresses.Select(static each => each.ToString()) ?? []);

    private static SpecialRow Row(byte[] prefix, string name, string value) =>
        new([.. prefix, .. Encoding.UTF8.GetBytes(name)], Encoding.UTF8.GetBytes(value));
}
