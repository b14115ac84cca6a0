using System.Net;
using System.Net.Sockets;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>What a client makes of servers that answer nonsense: an error in time, and never a wrong answer.</summary>
public sealed class HostileServerTests
{
    [Fact]
    public async Task A_server_that_answers_nonsense_is_left_and_its_client_fails_in_time()
    {
        foreach (var seed in Seeds.ToTry(standard: 12))
        {
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var serving = ServeAsync(listener, new Random(seed));
            await using var database = Database.Connect(
                $"test:1@{listener.LocalEndPoint}",
                new DatabaseOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) });

            foreach (var call in (Func<ValueTask>[])
                [
                    async () => await database.ReadAsync(async reads => await reads.GetRangeAsync(new([], [0xff]))),
                    () => database.RunAsync(transaction => transaction.Set("a"u8, "1"u8)),
                ])
            {
                var error = await Assert.ThrowsAsync<FerrisException>(async () => await call());
                Assert.True(
                    error.Code is ErrorCode.TimedOut or ErrorCode.CommitUnknownResult, $"seed {seed}: {error}");
            }
            listener.Dispose();
            await serving;
        }
    }

    private static async Task ServeAsync(Socket listener, Random random)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync();
                await client.SendAsync(Nonsense(random));
                // Until the client has had enough of it.
                var buffer = new byte[4096];
                while (await client.ReceiveAsync(buffer) > 0)
                    await client.SendAsync(Nonsense(random));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The client or the test is through.
        }
    }

    // A handshake that is right, mostly, and frames with right checksums that mean nothing.
    private static byte[] Nonsense(Random random)
    {
        var bytes = Handshake.OfClient("test:1").Answer("test:1", 1000).Encode();
        if (random.Next(4) == 0)
            bytes[random.Next(bytes.Length)]++;
        var writer = new MessageWriter();
        for (var id = 0UL; id < 4; id++)
        {
            writer.BeginFrame();
            var payload = new byte[random.Next(1, 40)];
            random.NextBytes(payload);
            writer.WriteRaw(payload);
            // Of no type that could be right: a well-formed version would be believed.
            writer.EndFrame((MessageType)(128 + random.Next(100)), RoleEndpoint.StorageServer, id);
        }
        return [.. bytes, .. writer.Written.Span];
    }
}
