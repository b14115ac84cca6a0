using FerrisDB.Server;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Server;

public sealed class OtlpTests
{
    // What is left when a server ends is sent then: the test need not wait for the interval of the exporter.
    [Fact]
    public async Task Metrics_are_sent_to_the_collector_that_the_server_was_told()
    {
        using var collector = new OtlpCollector();
        var server = await TestServer.StartAsync(serverOptions: new ServerOptions { Otlp = collector.Url });
        var asked = collector.FirstLineAsync();

        var ending = server.DisposeAsync().AsTask();

        // HTTP/2 without TLS begins so: gRPC, the exporter's own choice.
        Assert.Equal("PRI * HTTP/2.0", await asked);
        await ending;
    }
}
