using System.Text;

namespace FerrisDB.Server;

/// <summary>A folder that is served: its database, its server, and the cluster file that leads there.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    // Where FoundationDB keeps how its coordinators are reached: clients and tools read it.
    private static readonly byte[] Coordinators = [0xff, .. "/coordinators"u8];

    private ServedFolder(
        Database database, FerrisServer server, string clusterFile, string connectionString, List<string> warnings)
    {
        Warnings = warnings;
        Database = database;
        Server = server;
        ClusterFilePath = clusterFile;
        ConnectionString = connectionString;
    }

    public Database Database { get; }

    public FerrisServer Server { get; }

    public string ClusterFilePath { get; }

    /// <summary>What stands in the cluster file.</summary>
    public string ConnectionString { get; }

    /// <summary>What does not work, though it serves.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Opens a folder, creating it if needed, and serves it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How its database is opened.</param>
    /// <param name="serverOptions">Where it is served.</param>
    /// <param name="clusterFile">Where to write the cluster file; null is in the folder.</param>
    public static async ValueTask<ServedFolder> StartAsync(
        string folder, DatabaseOptions options, ServerOptions serverOptions, string? clusterFile = null)
    {
        serverOptions.Validate();
        var database = await Database.OpenAsync(folder, options with { IsServed = true });
        try
        {
            clusterFile ??= Path.Combine(folder, ClusterFile.Name);
            var cluster = ClusterFile.ReadCluster(clusterFile);
            var server = await FerrisServer.StartAsync(database, cluster, serverOptions);
            var text = $"{cluster}@{ClusterFile.AddressOf(server.EndPoint, serverOptions.Tls is not null)}";
            var warnings = Warn(database, server, clusterFile, text);
            await TellCoordinatorsAsync(database, server, text, warnings);
            return new ServedFolder(database, server, clusterFile, text, warnings);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    // A full disk is no reason not to be read.
    private static List<string> Warn(Database database, FerrisServer server, string clusterFile, string text)
    {
        List<string> warnings = [];
        if (StatusMessages.OfOpening(database.Embedded.Roles) is { } refusal)
            warnings.Add(refusal.Text);
        try
        {
            ClusterFile.Write(clusterFile, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var unwritten = $"the cluster file {clusterFile} could not be written: {failure.Message}";
            server.Admin.Notice("cluster_file_not_written", unwritten);
            warnings.Add(unwritten);
        }
        return warnings;
    }

    private static async ValueTask TellCoordinatorsAsync(
        Database database, FerrisServer server, string text, List<string> warnings)
    {
        if (database.Embedded.Roles.WriteRefusal is not null)
            return;
        var value = Encoding.UTF8.GetBytes(text);
        try
        {
            await database.RunAsync(async transaction =>
            {
                transaction.SetOption(TransactionOption.AccessSystemKeys);
                transaction.SetOption(TransactionOption.LockAware);
                if (await transaction.GetAsync(Coordinators) is not { } known || !known.AsSpan().SequenceEqual(value))
                    transaction.Set(Coordinators, value);
            });
        }
        catch (FerrisException refusal)
        {
            var unwritten = $"its address could not be written into the database: {refusal.Message}";
            server.Admin.Notice("coordinators_not_written", unwritten);
            warnings.Add(unwritten);
        }
    }

    /// <summary>Stops serving, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
