using System.Net.Sockets;
using FerrisDB.Server;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>What clients do that mean no good, or do not know better: the server goes on serving the others.</summary>
public sealed class ProtocolFuzzTests
{
    private static readonly byte[] Hello = Handshake.OfClient("").Encode();

    [Fact]
    public async Task Mutated_frames_close_their_connection_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        foreach (var seed in Seeds.ToTry(standard: 60))
        {
            using var socket = await server.ConnectRawAsync();
            var random = new Random(seed);
            await socket.SendAsync(Hello);
            var bytes = RandomFrames(random);
            // With its checksum made right again, a mutation gets further in.
            Mutate(bytes, random, fixesChecksum: random.Next(2) == 0);
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
            Assert.Equal("1", await TestServer.TextAsync(database, "a"));
        }
        Assert.Equal("1", await TestServer.TextAsync(server.Database, "a"));
    }

    [Fact]
    public async Task A_handshake_that_is_cut_anywhere_leaves_no_connection()
    {
        await using var server = await TestServer.StartAsync();
        for (var length = 0; length < Hello.Length; length++)
        {
            using var socket = await server.ConnectRawAsync();
            await socket.SendAsync(Hello.AsMemory(0, length));
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
        }
        await using var database = server.Connect();
        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
        Assert.Equal(1, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        using var socket = await server.ConnectRawAsync();
        await socket.SendAsync(Hello);
        await ReadHandshakeAsync(socket);

        foreach (var each in Ping(5))
            await socket.SendAsync(new[] { each });

        var header = FrameHeader.Read(await ReadFrameAsync(socket));
        Assert.Equal((MessageType.Pong, 5UL), (header.Type, header.RequestId));
    }

    [Fact]
    public async Task Who_floods_the_server_and_reads_no_answer_is_held_up_and_others_are_served()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.RunAsync(transaction => transaction.Set("a"u8, new byte[50_000]));
        var version = await database.ReadAsync(reads => reads.GetReadVersionAsync());
        using var socket = await server.ConnectRawAsync();
        await socket.SendAsync(Hello);
        var gets = new MessageWriter();
        for (var id = 0UL; id < 20_000; id++)
        {
            gets.BeginFrame();
            StorageMessage.WriteGet(gets, "a"u8, version);
            gets.EndFrame(MessageType.Get, RoleEndpoint.StorageServer, id);
        }

        // A gigabyte of answers is asked for; what the server has of them in memory is bounded.
        _ = socket.SendAsync(gets.Written.ToArray());
        for (var count = 0; count < 100; count++)
            Assert.Equal(50_000, (await database.ReadAsync(reads => reads.GetAsync("a"u8)))!.Length);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, 700L << 20);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_refused_with_the_reason()
    {
        await using var server = await TestServer.StartAsync(null, new ServerOptions { ConnectionsMax = 1 });
        await using var database = server.Connect();
        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
        await using var second = server.Connect(
            new DatabaseOptions { RequestTimeout = TimeSpan.FromSeconds(1) });

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await second.ReadAsync(reads => reads.GetAsync("a"u8)));

        Assert.Contains("It has 1 connections already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_silent_for_too_long_is_let_go()
    {
        await using var server = await TestServer.StartAsync(null, new ServerOptions
        {
            HandshakeTimeout = TimeSpan.FromMilliseconds(1),
            IdleTimeout = TimeSpan.FromMilliseconds(1),
        });
        using var stranger = await server.ConnectRawAsync();
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(Hello);

        Assert.Equal(0, await DrainAsync(stranger));
        Assert.InRange(await DrainAsync(client), 0, 1000);
    }

    private static byte[] Ping(ulong id)
    {
        var writer = new MessageWriter();
        writer.BeginFrame();
        writer.EndFrame(MessageType.Ping, RoleEndpoint.Connection, id);
        return writer.Written.ToArray();
    }

    private static byte[] RandomFrames(Random random)
    {
        var writer = new MessageWriter();
        for (var count = random.Next(1, 10); count > 0; count--)
        {
            writer.BeginFrame();
            var payload = new byte[random.Next(60)];
            random.NextBytes(payload);
            payload.AsSpan(0, Math.Min(payload.Length, 12)).Clear();
            writer.WriteRaw(payload);
            writer.EndFrame(
                (MessageType)(random.Next(7) * 16 + random.Next(10)), (RoleEndpoint)random.Next(7), (ulong)count,
                isTraced: random.Next(4) == 0);
        }
        return writer.Written.ToArray();
    }

    private static void Mutate(byte[] frames, Random random, bool fixesChecksum)
    {
        for (var flips = random.Next(3); flips > 0; flips--)
            frames[random.Next(frames.Length)] = (byte)random.Next(256);
        var size = FrameSize(frames);
        if (!fixesChecksum || size == 0 || size > frames.Length)
            return;
        var header = new FrameHeader(
            (MessageType)frames[16], (RoleEndpoint)frames[17], BitConverter.ToUInt64(frames, 8));
        header.Write(frames.AsSpan(0, size));
    }

    private static int FrameSize(byte[] frames)
    {
        try
        {
            return FrameHeader.SizeOfFrame(frames);
        }
        catch (ProtocolException)
        {
            return 0;
        }
    }

    private static async Task ReadHandshakeAsync(Socket socket)
    {
        var fixedPart = await ReadAsync(socket, Handshake.FixedSize);
        await ReadAsync(socket, Handshake.SizeOf(fixedPart) - Handshake.FixedSize);
    }

    private static async Task<byte[]> ReadFrameAsync(Socket socket)
    {
        var header = await ReadAsync(socket, ProtocolFormat.FrameHeaderSize);
        return [.. header, .. await ReadAsync(socket, FrameHeader.SizeOfFrame(header) - header.Length)];
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read));
            Assert.NotEqual(0, more);
            read += more;
        }
        return bytes;
    }

    // Reads to the end, and counts; a connection that is reset has ended too.
    private static async Task<int> DrainAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var count = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer) is var more and > 0)
                count += more;
        }
        catch (SocketException)
        {
            return count;
        }
        return count;
    }
}
