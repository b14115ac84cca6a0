using System.Diagnostics;
using System.Threading.Channels;
using FerrisDB.Server;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>What a server tells of its requests in the traces of its clients, over a real connection.</summary>
public sealed class ServerSpansTests : IAsyncLifetime
{
    private const string Cluster = "spans:1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Activity> _ended = Channel.CreateUnbounded<Activity>();
    private readonly ActivitySource _source = new("FerrisDB.Tests.Spans");
    private ActivityListener _listener = null!;
    private TestServer _server = null!;
    private Database _client = null!;

    public async ValueTask InitializeAsync()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServerSpans.SourceName || source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (Cluster.Equals(activity.GetTagItem("db.namespace")))
                    _ended.Writer.TryWrite(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _server = await TestServer.StartAsync(cluster: Cluster);
        _client = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task Each_request_of_a_traced_transaction_has_a_span_below_the_clients()
    {
        using (var caller = _source.StartActivity("caller"))
        {
            using var transaction = _client.CreateTransaction();
            await transaction.GetAsync("a"u8);
            transaction.Set("b"u8, "1"u8);
            await transaction.GetRangeAsync(new KeyRange([], [0xff]));
            await transaction.CommitAsync();

            var spans = new[] { await NextAsync(), await NextAsync(), await NextAsync(), await NextAsync() };
            Assert.Equal(
                ["get_read_version", "get", "get_range", "commit"], spans.Select(each => each.OperationName));
            Assert.All(spans, each => Assert.Equal(caller!.TraceId, each.TraceId));
            Assert.All(spans, each => Assert.Equal(ActivityKind.Server, each.Kind));
            Assert.All(spans, each => Assert.Equal("ferrisdb", each.GetTagItem("db.system.name")));
            Assert.All(spans, each => Assert.Equal(each.OperationName, each.GetTagItem("db.operation.name")));
            Assert.All(spans, each => Assert.True(each.HasRemoteParent && each.Status == ActivityStatusCode.Unset));
            Assert.All(spans.SkipLast(1), each => Assert.Equal(caller!.SpanId, each.ParentSpanId));
            Assert.Equal(0L, spans[2].GetTagItem("db.response.returned_rows"));
        }
    }

    [Fact]
    public async Task A_conflict_and_a_refused_read_are_errors()
    {
        using var caller = _source.StartActivity("caller");
        using var transaction = _client.CreateTransaction();
        await transaction.GetAsync("a"u8);
        Assert.Equal("get_read_version", (await NextAsync()).OperationName);
        Assert.Equal("get", (await NextAsync()).OperationName);
        await _client.RunAsync(other => other.Set("a"u8, "2"u8));
        Assert.Equal("commit", (await NextAsync()).OperationName);
        transaction.Set("b"u8, "1"u8);

        await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());
        var failed = await NextAsync();

        Assert.Equal(ActivityStatusCode.Error, failed.Status);
        Assert.Equal("NotCommitted", failed.GetTagItem("error.type"));
        Assert.Equal("1020", failed.GetTagItem("db.response.status_code"));
    }

    [Fact]
    public async Task Backups_imports_and_reports_have_one_too()
    {
        using var caller = _source.StartActivity("caller");

        await ServerOperator.AskStatusAsync(_client);
        var rows = await ((RemoteCluster)_client.Cluster).BeginSortedImportAsync();
        await rows.DisposeAsync();

        Assert.Equal("report", (await NextAsync()).OperationName);
        Assert.Equal("load", (await NextAsync()).OperationName);
    }

    [Fact]
    public async Task Who_is_not_traced_or_not_sampled_has_none()
    {
        using (var silent = new Activity("not sampled").Start())
            await _client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        await _client.RunAsync(transaction => transaction.Set("a"u8, "2"u8));

        // The next one that has a span comes behind all of them.
        using var caller = _source.StartActivity("caller");
        await ServerOperator.AskStatusAsync(_client);
        Assert.Equal("report", (await NextAsync()).OperationName);
    }

    [Fact]
    public async Task A_server_goes_on_when_nobody_records_what_clients_trace()
    {
        _listener.Dispose();
        using var caller = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        await _client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));

        Assert.Equal("1", await TestServer.TextAsync(_client, "a"));
        Assert.False(_ended.Reader.TryRead(out _));
    }

    [Fact]
    public void What_is_not_traced_costs_no_byte_and_what_is_costs_25()
    {
        var plain = new MessageWriter();
        new RemoteGet([1], 5).Write(plain);
        var traced = new MessageWriter();
        using var caller = _source.StartActivity("caller");
        new RemoteGet([1], 5) { Caller = caller }.Write(traced);

        Assert.Equal(plain.Length + TraceMessage.SizeBytes, traced.Length);
        Assert.False(FrameHeader.Read(plain.Written.Span).IsTraced);
        Assert.True(FrameHeader.Read(traced.Written.Span).IsTraced);
        var read = TraceMessage.Read(traced.Written.Span[ProtocolFormat.FrameHeaderSize..]);
        Assert.Equal(
            (caller!.TraceId, caller.SpanId, ActivityTraceFlags.Recorded),
            (read.TraceId, read.SpanId, read.TraceFlags));
    }

    [Theory, InlineData(0), InlineData(24), InlineData(25)]
    public void A_trace_that_is_cut_or_empty_is_none(int bytes) =>
        Assert.Throws<ProtocolException>(() => TraceMessage.Check(new byte[bytes]));

    private async Task<Activity> NextAsync() =>
        await _ended.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
}
