using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using FerrisDB.Server;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>
/// Whatever comes to an encrypted port beside its clients: nonsense, halves of handshakes, people who take their time.
/// The others are served, and nothing is left of it.
/// </summary>
public sealed class WrongTlsTests
{
    private static readonly byte[] Hello = ClientHelloAsync().GetAwaiter().GetResult();

    [Fact]
    public async Task Bytes_that_are_no_handshake_end_their_connection_and_nothing_else()
    {
        await using var server = await TlsTests.ServeAsync(TestCertificates.Mutual);
        await using var database = await FriendAsync(server);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var seed in Seeds.ToTry(standard: 150))
        {
            var random = new Random(seed);
            using var socket = await server.ConnectRawAsync();

            await TrySendAsync(socket, Nonsense(random));

            await DrainAsync(socket);
            Assert.Equal("1", await TestServer.TextAsync(database, "a"));
        }
        await AssertOneIsLeftAsync(server, database);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 30L << 20);
    }

    [Fact]
    public async Task A_handshake_that_is_cut_anywhere_leaves_no_connection()
    {
        await using var server = await TlsTests.ServeAsync(TestCertificates.Mutual);
        await using var database = await FriendAsync(server);
        for (var length = 0; length < Hello.Length; length += 7)
        {
            using var socket = await server.ConnectRawAsync();
            await socket.SendAsync(Hello.AsMemory(0, length));
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
        }
        await AssertOneIsLeftAsync(server, database);
    }

    [Fact]
    public async Task Who_begins_a_handshake_and_waits_holds_nobody_up_and_is_let_go()
    {
        await using var server = await TestServer.StartAsync(null, new ServerOptions
        {
            Tls = TestCertificates.Server,
            HandshakeTimeout = TimeSpan.FromSeconds(1),
            ConnectionsMax = 10,
        });
        var waiting = new List<Socket>();
        for (var count = 0; count < 100; count++)
        {
            var socket = await server.ConnectRawAsync();
            // Of half of them nothing comes, of the others half of what should.
            if (count % 2 == 0)
                await socket.SendAsync(Hello.AsMemory(0, Hello.Length / 2));
            waiting.Add(socket);
        }

        await using var database = await FriendAsync(server);
        Assert.Equal("1", await TestServer.TextAsync(database, "a"));

        foreach (var socket in waiting)
        {
            await DrainAsync(socket);
            socket.Dispose();
        }
        await AssertOneIsLeftAsync(server, database);
    }

    [Fact]
    public async Task A_handshake_that_comes_byte_by_byte_is_answered()
    {
        await using var server = await TlsTests.ServeAsync(TestCertificates.Server);
        using var socket = await server.ConnectRawAsync();
        foreach (var each in Hello)
            await socket.SendAsync(new[] { each });

        var answer = new byte[1];

        Assert.Equal(1, await socket.ReceiveAsync(answer));
        Assert.Equal(0x16, answer[0]);
    }

    [Fact]
    public async Task After_the_handshake_of_tls_our_own_is_still_due()
    {
        await using var server = await TestServer.StartAsync(null, new ServerOptions
        {
            Tls = TestCertificates.Server,
            HandshakeTimeout = TimeSpan.FromSeconds(1),
        });
        await using var database = await FriendAsync(server);
        using var silent = await server.ConnectRawAsync();
        await using var stream = await TestCertificates.EncryptAsync(silent);

        // The answer to somebody who says nothing is the end.
        Assert.Equal(0, await ReadToEndAsync(stream));

        await AssertOneIsLeftAsync(server, database);
    }

    [Fact]
    public async Task Frames_that_are_mutated_below_the_encryption_end_their_connection_and_nothing_else()
    {
        await using var server = await TlsTests.ServeAsync(TestCertificates.Server);
        await using var database = await FriendAsync(server);
        foreach (var seed in Seeds.ToTry(standard: 20))
        {
            var random = new Random(seed);
            using var socket = await server.ConnectRawAsync();
            await using var stream = await TestCertificates.EncryptAsync(socket);
            await stream.WriteAsync(Handshake.OfClient("test:1").Encode());

            // Past the encryption: what the server decrypts is not what was sent, and it notices.
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            await TrySendAsync(socket, [0x17, 3, 3, 0, (byte)bytes.Length, .. bytes]);

            await DrainAsync(socket);
            Assert.Equal("1", await TestServer.TextAsync(database, "a"));
        }
        await AssertOneIsLeftAsync(server, database);
    }

    [Fact]
    public async Task A_plain_server_tells_an_encrypted_client_off()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        for (var length = 1; length <= Hello.Length; length += 11)
        {
            using var socket = await server.ConnectRawAsync();
            await socket.SendAsync(Hello.AsMemory(0, length));
            await DrainAsync(socket);
        }
        await AssertOneIsLeftAsync(server, database);
    }

    // A connection that has ended is let go a moment later.
    private static async Task AssertOneIsLeftAsync(TestServer server, Database friend)
    {
        const int ReadsMax = 10_000;
        for (var count = 0; count < ReadsMax && server.Server.ConnectionCount > 1; count++)
            Assert.Equal("1", await TestServer.TextAsync(friend, "a"));
        Assert.Equal(1, server.Server.ConnectionCount);
        Assert.Equal("1", await TestServer.TextAsync(friend, "a"));
    }

    private static async Task<Database> FriendAsync(TestServer server)
    {
        var database = Database.Connect(
            server.ConnectionString, new DatabaseOptions { Tls = TestCertificates.KnownClient });
        await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        return database;
    }

    // Nothing like it, or a beginning that is right with an end that is not.
    private static byte[] Nonsense(Random random)
    {
        var bytes = random.Next(2) == 0 ? new byte[random.Next(1, 2000)] : (byte[])Hello.Clone();
        if (bytes.Length != Hello.Length)
            random.NextBytes(bytes);
        else
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
        return random.Next(4) == 0 ? Handshake.OfClient("test:1").Encode() : bytes;
    }

    // What a client says first.
    private static async Task<byte[]> ClientHelloAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        await using var stream = new SslStream(new NetworkStream(client));
        var shaking = stream.AuthenticateAsClientAsync("127.0.0.1");
        var bytes = new byte[4096];
        var length = await server.ReceiveAsync(bytes);
        server.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => shaking);
        return bytes[..length];
    }

    private static async Task TrySendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has had enough of it already.
        }
    }

    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[4096];
        var count = 0;
        try
        {
            while (await stream.ReadAsync(buffer) is var more and > 0)
                count += more;
        }
        catch (IOException)
        {
            return count;
        }
        return count;
    }

    private static async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A connection that is reset has ended too.
        }
    }
}
