using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Hosting;

/// <summary>How a server stops under its clients.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task What_has_started_ends_and_what_has_not_goes_to_the_next_server()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        using var started = client.CreateTransaction();
        await started.GetAsync("a"u8);
        started.Set("a"u8, "1"u8);

        var stopping = server.StopAsync();
        // It begins to drain at once, on this thread.
        var later = client.RunAsync(transaction => transaction.Set("b"u8, "2"u8)).AsTask();
        await started.CommitAsync();
        await stopping;
        Assert.False(later.IsCompleted, "nothing starts on a server that stops");
        await server.StartAgainAsync();
        await later;

        Assert.Equal("1", await TestServer.TextAsync(client, "a"));
        Assert.Equal("2", await TestServer.TextAsync(client, "b"));
    }
}
