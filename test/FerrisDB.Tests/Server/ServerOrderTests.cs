using FerrisDB.Server;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Tests.Server;

/// <summary>What operators tell a server to do.</summary>
public sealed class ServerOrderTests
{
    [Fact]
    public async Task The_level_of_the_log_changes_while_it_runs()
    {
        var level = new LogLevelSwitch(LogLevel.Warning);
        await using var server = await TestServer.StartAsync(serverOptions: new ServerOptions { LogLevel = level });
        await using var client = server.Connect();

        Assert.Equal("warning", await ServerOperator.SetLogLevelAsync(client, "DEBUG"));

        Assert.Equal(LogLevel.Debug, level.Level);
        Assert.Equal(ErrorCode.InvalidOptionValue, await CodeAsync(ServerOperator.SetLogLevelAsync(client, "loud")));
        Assert.Equal(LogLevel.Debug, level.Level);
    }

    [Fact]
    public async Task A_server_stops_when_it_is_meant_and_goes_on_when_another_is()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();

        var wrong = await CodeAsync(ServerOperator.StopAsync(client, "127.0.0.1:1"));

        Assert.Equal(ErrorCode.InvalidOptionValue, wrong);
        Assert.False(server.Server.Admin.StopOrdered.IsCompleted);
        Assert.Equal(server.Server.EndPoint.ToString(), await ServerOperator.StopAsync(client));
        await server.Server.Admin.StopOrdered;
    }

    [Fact]
    public async Task A_database_in_this_process_has_no_server_to_ask()
    {
        await using var database = Database.OpenInMemory();

        Assert.Equal(
            ErrorCode.UnsupportedOperation, await CodeAsync(ServerOperator.SetLogLevelAsync(database, "debug")));
    }

    [Fact]
    public async Task Roles_without_an_operator_say_that_they_answer_no_such_questions()
    {
        await using var served = Database.OpenInMemory();
        var roles = new RoleServer(served.Embedded.Roles, served.Options.Limits, TimeProvider.System);
        await using var database = Database.Connect(
            FerrisDB.ConnectionString.Parse("loop:1@nowhere:1"), new LoopNetwork(roles, "loop:1"), options: null);

        Assert.Equal(
            ErrorCode.UnsupportedOperation, await CodeAsync(ServerOperator.SetLogLevelAsync(database, "debug")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_question_that_nobody_knows_is_answered_with_an_error(bool isOrder)
    {
        var type = isOrder ? MessageType.Order : MessageType.GetReport;
        var header = new FrameHeader(type, RoleEndpoint.Admin, 1);

        var error = Assert.Throws<FerrisException>(
            () => AdminMessage.Answer(header, [200], new NobodysAdmin(), new MessageWriter()));

        Assert.Equal(ErrorCode.UnsupportedOperation, error.Code);
    }

    [Fact]
    public void A_question_with_bytes_too_few_or_too_many_breaks_the_protocol()
    {
        var report = new FrameHeader(MessageType.GetReport, RoleEndpoint.Admin, 1);
        var order = new FrameHeader(MessageType.Order, RoleEndpoint.Admin, 1);
        var writer = new MessageWriter();

        Assert.Throws<ProtocolException>(() => AdminMessage.Answer(report, [], new NobodysAdmin(), writer));
        Assert.Throws<ProtocolException>(() => AdminMessage.Answer(report, [1, 1], new NobodysAdmin(), writer));
        Assert.Throws<ProtocolException>(() => AdminMessage.Answer(order, [], new NobodysAdmin(), writer));
        Assert.Throws<ProtocolException>(
            () => AdminMessage.Answer(order, new byte[2000], new NobodysAdmin(), writer));
        Assert.Equal(0, writer.Length);
    }

    private static async Task<ErrorCode> CodeAsync(ValueTask<string> ordering) =>
        (await Assert.ThrowsAsync<FerrisException>(async () => await ordering)).Code;

    private sealed class NobodysAdmin : IAdmin
    {
        public byte[] Report(ReportKind kind) => throw Unknown();

        public string Order(AdminOrder order, string argument) => throw Unknown();

        private static FerrisException Unknown() => new(ErrorCode.UnsupportedOperation, "There is no such question.");
    }
}
