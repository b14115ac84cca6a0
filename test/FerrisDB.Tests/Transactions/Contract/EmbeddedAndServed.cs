using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Transactions;

/// <summary>Empty databases that must behave the same: one in process, and one on a server.</summary>
internal static class EmbeddedAndServed
{
    public static async IAsyncEnumerable<Database> OpenAsync()
    {
        var options = new DatabaseOptions { Seed = 1, MaxRetryDelay = TimeSpan.Zero };
        await using (var embedded = Database.OpenInMemory(options))
            yield return embedded;
        await using var server = await TestServer.StartAsync();
        await using var remote = server.Connect(options);
        yield return remote;
    }
}
