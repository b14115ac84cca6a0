using FerrisDB.Server;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

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

    [Fact]
    public async Task Spans_of_traced_requests_are_sent_there_too()
    {
        using var collector = new OtlpCollector();
        var spans = TraceExport.Begin(new ServerOptions { Otlp = collector.Url })!;
        var payload = new byte[TraceMessage.SizeBytes];
        payload.AsSpan().Fill(1);
        var asked = collector.FirstLineAsync();

        ServerSpans.End(ServerSpans.Begin(MessageType.Get, payload, "otlp:1"));
        // It sends what is left, on a thread of its own until the collector has hung up.
        var ending = new Thread(spans.Dispose);
        ending.Start();

        Assert.Equal("PRI * HTTP/2.0", await asked);
        Assert.True(ending.Join(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Without_a_collector_or_a_share_of_traces_there_are_none()
    {
        Assert.Null(TraceExport.Begin(new ServerOptions()));
        Assert.Null(TraceExport.Begin(new ServerOptions { Otlp = new Uri("http://127.0.0.1:1"), TraceShare = 0 }));
    }
}
