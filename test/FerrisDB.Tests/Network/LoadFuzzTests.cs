using System.Net.Sockets;
using System.Text;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

// Each seed is a connection with an import of its own keys: whole, out of order, or damaged with the checksums made
// right again. Whatever the server makes of it, afterwards nothing is under way, and others may import.

/// <summary>Sorted imports by clients that mean no good, or do not know better.</summary>
public sealed class LoadFuzzTests
{
    private static readonly byte[] Hello = Handshake.OfClient("").Encode();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Damaged_imports_leave_nothing_behind_and_others_can_import() =>
        DamageAndCheckAsync(Seeds.ToTry(standard: 80));

    internal static async Task DamageAndCheckAsync(IEnumerable<int> seeds)
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.RunAsync(transaction => transaction.Set("survivor"u8, "1"u8));
        using var patience = new CancellationTokenSource(Patience);
        foreach (var seed in seeds)
        {
            await SendAsync(server, new Random(seed), seed);
            // The connection of the client that looks stays.
            while (server.Server.ConnectionCount > 1)
            {
                Assert.False(patience.IsCancellationRequested, $"seed {seed}: the connection does not end");
                await Task.Yield();
            }
            Assert.Equal((seed, 0), (seed, server.Server.Roles.LoadsUnderWay));
            Assert.Equal("1", await TestServer.TextAsync(database, "survivor"));
        }
        await CheckImportsAsync(server);
    }

    private static async Task CheckImportsAsync(TestServer server)
    {
        var clients = Enumerable.Range(0, ProtocolFormat.LoadsOfServerMax).Select(_ => server.Connect()).ToList();
        var imports = new List<ISortedRows>();
        foreach (var client in clients)
            imports.Add(await ((RemoteCluster)client.Cluster).BeginSortedImportAsync());
        for (var each = 0; each < imports.Count; each++)
        {
            await imports[each].AddAsync(Encoding.ASCII.GetBytes($"whole/{each}"), "2"u8);
            await imports[each].CommitAsync();
            Assert.Equal("2", await TestServer.TextAsync(server.Database, $"whole/{each}"));
        }
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private static async Task SendAsync(TestServer server, Random random, int seed)
    {
        using var socket = await server.ConnectRawAsync();
        try
        {
            await socket.SendAsync(Hello);
            var frames = Import(random, seed);
            foreach (var frame in frames)
                await socket.SendAsync(frame);
            // Some leave when the first part is taken, or even before.
            await ReadAnswersAsync(socket, random.Next(4) == 0 ? random.Next(2) : frames.Count);
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[4096]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The server has had enough of it.
        }
    }

    private static async Task ReadAnswersAsync(Socket socket, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var stream = new NetworkStream(socket);
        try
        {
            var hello = new byte[Handshake.FixedSize];
            await stream.ReadExactlyAsync(hello, patience.Token);
            await stream.ReadExactlyAsync(new byte[Handshake.SizeOf(hello) - hello.Length], patience.Token);
            for (; count > 0; count--)
            {
                var header = new byte[ProtocolFormat.FrameHeaderSize];
                await stream.ReadExactlyAsync(header, patience.Token);
                var payload = new byte[FrameHeader.SizeOfFrame(header) - header.Length];
                await stream.ReadExactlyAsync(payload, patience.Token);
            }
        }
        catch (IOException)
        {
            // The server has closed it.
        }
    }

    private static List<byte[]> Import(Random random, int seed)
    {
        var frames = new List<byte[]> { Frame(MessageType.LoadBegin, [], 1) };
        var parts = random.Next(1, 5);
        for (var part = 0; part < parts; part++)
            frames.Add(Frame(MessageType.LoadRows, Rows(random, $"load/{seed:d8}/{part}"), (ulong)part + 2));
        frames.Add(Frame(MessageType.LoadEnd, [(byte)random.Next(3)], 10));
        switch (random.Next(5))
        {
            case 0:
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(frames));
                break;
            case 1:
                frames.RemoveAt(random.Next(frames.Count));
                break;
            case 2:
                frames.AddRange(frames.ToArray());
                break;
            case 3:
                Damage(frames[random.Next(frames.Count)], random);
                break;
        }
        return frames;
    }

    private static byte[] Rows(Random random, string prefix)
    {
        var writer = new MessageWriter();
        for (var row = 0; row < random.Next(1, 20); row++)
        {
            writer.WriteBytes(Encoding.ASCII.GetBytes($"{prefix}/{row:d4}"));
            writer.WriteBytes(new byte[random.Next(30)]);
        }
        return writer.Written.ToArray();
    }

    private static byte[] Frame(MessageType type, byte[] payload, ulong id)
    {
        var writer = new MessageWriter();
        writer.BeginFrame();
        writer.WriteRaw(payload);
        writer.EndFrame(type, RoleEndpoint.Load, id);
        return writer.Written.ToArray();
    }

    // The length stays as it is, or the server would wait for the rest.
    private static void Damage(byte[] frame, Random random)
    {
        const int IdOffset = 8;
        for (var flips = random.Next(1, 4); flips > 0; flips--)
            frame[random.Next(IdOffset, frame.Length)] = (byte)random.Next(256);
        new FrameHeader((MessageType)frame[16], (RoleEndpoint)frame[17], BitConverter.ToUInt64(frame, IdOffset))
            .Write(frame);
    }
}
