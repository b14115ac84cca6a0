using System.Globalization;
using System.Text.Json;

namespace FerrisDB.Server;

/// <summary>Asks a server how it is and tells it what to do, from another process.</summary>
internal static class ServerOperator
{
    /// <summary>How the server is, as it wrote it: JSON, UTF-8.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TimedOut"/>: no server answers. <see cref="ErrorCode.UnsupportedOperation"/>: the database
    /// is in this process, or its server does not know the document.
    /// </exception>
    public static async ValueTask<byte[]> AskStatusAsync(Database database) =>
        await ClusterOf(database).AskReportAsync(ReportKind.Status);

    /// <summary>Its report of hot keys, as it wrote it.</summary>
    /// <inheritdoc cref="AskStatusAsync"/>
    public static async ValueTask<byte[]> AskHotKeysAsync(Database database) =>
        await ClusterOf(database).AskReportAsync(ReportKind.HotKeys);

    /// <summary>A status document that a server wrote; of a newer one what is known of it.</summary>
    public static ServerStatus Parse(ReadOnlySpan<byte> status) =>
        JsonSerializer.Deserialize(status, ServerJson.Compact.ServerStatus)!;

    /// <summary>A status document, as a server writes it.</summary>
    public static string Write(ServerStatus status) =>
        JsonSerializer.Serialize(status, ServerJson.Compact.ServerStatus);

    /// <summary>A report of hot keys that a server wrote.</summary>
    public static HotKeyReport ParseHotKeys(ReadOnlySpan<byte> report) =>
        JsonSerializer.Deserialize(report, ServerJson.Compact.HotKeyReport)!;

    /// <summary>Tells it to end in good order. Returns its address.</summary>
    /// <param name="database">A database on the server.</param>
    /// <param name="address">The address that is meant, or nothing for whoever answers.</param>
    public static async ValueTask<string> StopAsync(Database database, string address = "") =>
        await ClusterOf(database).OrderAsync(AdminOrder.Stop, address);

    /// <summary>Makes it log from a level on. Returns the level before.</summary>
    public static async ValueTask<string> SetLogLevelAsync(Database database, string level) =>
        await ClusterOf(database).OrderAsync(AdminOrder.SetLogLevel, level);

    /// <summary>Throttles a tag, or does not any more. Returns how many throttles that is about.</summary>
    public static async ValueTask<int> ThrottleAsync(Database database, ThrottleOrder order) => int.Parse(
        await ClusterOf(database).OrderAsync(AdminOrder.Throttle, order.ToString()), CultureInfo.InvariantCulture);

    private static RemoteCluster ClusterOf(Database database) => database.Cluster as RemoteCluster
        ?? throw new FerrisException(
            ErrorCode.UnsupportedOperation, "This is about a server: the database is open in this process.");
}
