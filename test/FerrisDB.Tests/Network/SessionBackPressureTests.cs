using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

public sealed class SessionBackPressureTests : IAsyncLifetime
{
    private const int ValueBytes = 100_000;
    private const int RequestsOfBurst = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Database _database = Database.OpenInMemory();
    private readonly TaskCompletionSource _wire = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _sent = [];

    public async ValueTask InitializeAsync() =>
        await _database.RunAsync(transaction => transaction.Set("key"u8, new byte[ValueBytes]));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_first_answers_of_a_burst_go_out_while_the_rest_is_answered()
    {
        _wire.SetResult();
        var session = Open();

        Ask(session, number: 1);

        Assert.Single(_sent);
        session.EndBurst();
        session.Close();
        await session.WhenEndedAsync();
    }

    [Fact]
    public async Task A_burst_waits_when_its_answers_are_not_taken_and_goes_on_when_they_are()
    {
        var session = Open();
        var asked = 0;
        while (asked < RequestsOfBurst && session.TryBegin())
            Ask(session, ++asked);
        session.EndBurst();

        // Half a mebibyte, and the last answer.
        Assert.InRange(asked, 2, 7);
        var ready = session.WhenReadyAsync().AsTask();
        Assert.False(ready.IsCompleted);
        _wire.SetResult();
        await ready.WaitAsync(Patience);
        Assert.True(session.TryBegin());
        Assert.InRange(_sent.Sum(), asked * ValueBytes, (asked * ValueBytes) + (asked * 100));
        session.Close();
        await session.WhenEndedAsync();
    }

    private RoleSession Open()
    {
        var output = new FrameOutput(
            async frames =>
            {
                _sent.Add(frames.Length);
                await _wire.Task;
            },
            static _ => { });
        var roles = new RoleServer(_database.Embedded.Roles, new DatabaseOptions().Limits, TimeProvider.System);
        return roles.Open(output, new SessionAccess(AccessGrant.Everything, null, null));
    }

    private void Ask(RoleSession session, int number)
    {
        var payload = new MessageWriter();
        StorageMessage.WriteGet(payload, "key"u8, _database.Embedded.Roles.Storage.LastVersion);
        session.Receive(
            new FrameHeader(MessageType.Get, RoleEndpoint.StorageServer, (ulong)number), payload.Written.Span);
    }
}
