namespace FerrisDB.Native;

/// <summary>Opens databases by their place; who names the same place gets the same database.</summary>
internal static class OpenPlaces
{
    private static readonly Lock Gate = new();

    // Under the lock. They live as long as the process: a program may close its last handle and come back.
    private static readonly Dictionary<string, Database> ByName = [];

    // FoundationDB's defaults, where ours differ.
    private static readonly DatabaseOptions Options = new() { TransactionTimeout = TimeSpan.Zero };

    /// <summary>Opens a database.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="clusterFile">The file that says so, beside which more may lie; empty if there is none.</param>
    public static Database Open(DatabasePlace place, string clusterFile) => place.Kind switch
    {
        PlaceKind.Folder => OpenFolder(place.Address),
        PlaceKind.Memory => OpenMemory(place.Address),
        _ => Connect(ConnectionString.Parse(place.Address) with
        {
            File = clusterFile.Length > 0 ? clusterFile : null,
        }),
    };

    /// <summary>A handle's database is not used any more.</summary>
    public static void Close(DatabasePlace place, Database database)
    {
        if (place.Kind != PlaceKind.Memory)
            database.Dispose();
    }

    // What goes on with an answer is a future that becomes ready: it holds nobody up.
    private static Database Connect(ConnectionString where) =>
        Database.Connect(where, Options with { AnswersInline = true, Tls = NetworkTls.For(where) });

    // Commits go to other threads, so that an event loop that asks for many of them never waits for the disk.
    private static Database OpenFolder(string folder) => Database
        .OpenAsync(folder, Options, static cluster => new HandedOverCommits(cluster))
        .AsTask().GetAwaiter().GetResult();

    private static Database OpenMemory(string name)
    {
        lock (Gate)
        {
            if (!ByName.TryGetValue(name, out var database))
                ByName.Add(name, database = Database.OpenInMemory(Options));
            return database.WithOwnOptions();
        }
    }
}
