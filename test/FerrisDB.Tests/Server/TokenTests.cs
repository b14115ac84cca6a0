using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FerrisDB.Server;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Tokens: who is let in, for how long, and what is told of it.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Who_shows_no_token_or_a_wrong_one_is_refused_at_once()
    {
        await using var scene = await TokenScene.StartAsync();
        var right = scene.Give("read-write");
        var over = scene.Give("read-write", days: -1);
        var wrong = right[..^1] + (right[^1] == 'a' ? 'b' : 'a');
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();

        foreach (var token in new[] { null, wrong, over, AccessToken.Create().Text })
        {
            await using var refused = scene.Connect(token);
            var error = await Assert.ThrowsAsync<FerrisException>(
                async () => await refused.ReadAsync(reads => reads.GetAsync("a"u8)));
            Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, error.Code);
            var unwritten = await Assert.ThrowsAsync<FerrisException>(
                async () => await refused.RunAsync(transaction => transaction.Set("a"u8, "1"u8)));
            Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, unwritten.Code);
        }
        await using var database = scene.Connect(right);
        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
    }

    [Fact]
    public async Task A_token_counts_from_when_it_is_given_until_it_is_taken_back_without_a_restart()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scene = await TokenScene.StartAsync(clock);
        var token = scene.Give("read-write");
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var database = scene.Connect(token);
        await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));

        Assert.True(scene.Desk.Revoke(AccessToken.Parse(token).Id));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, await WhenRefusedAsync(database));
    }

    [Fact]
    public async Task A_token_ends_with_its_time()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scene = await TokenScene.StartAsync(clock);
        var token = scene.Give("read-only", days: 1);
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var database = scene.Connect(token);
        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));

        clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, await WhenRefusedAsync(database));
    }

    [Fact]
    public async Task A_file_that_is_broken_meanwhile_changes_nothing()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scene = await TokenScene.StartAsync(clock);
        var token = scene.Give("read-only");
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var database = scene.Connect(token);
        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));

        await File.WriteAllTextAsync(scene.TokenFile, "{");
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var another = scene.Connect(token);

        Assert.Null(await another.ReadAsync(reads => reads.GetAsync("a"u8)));
        Assert.Contains(scene.Audit(), line => line.Contains("tokens-not-read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_beside_the_cluster_file_is_shown_and_one_in_the_options_counts_more()
    {
        await using var scene = await TokenScene.StartAsync();
        var token = scene.Give("read-only");
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();
        TokenDesk.Save(token, scene.PathOf(TokenSource.NeighbourName));
        var file = scene.PathOf("fdb.cluster");
        await File.WriteAllTextAsync(file, scene.Server.ConnectionString);

        await using var database = Database.Connect(file);
        await using var wrong = Database.Connect(file, new DatabaseOptions { Token = AccessToken.Create() });

        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
        await Assert.ThrowsAsync<FerrisException>(
            async () => await wrong.ReadAsync(reads => reads.GetAsync("a"u8)));
    }

    [Fact]
    public async Task Connections_beyond_those_of_a_token_are_refused_and_others_are_not()
    {
        await using var scene = await TokenScene.StartAsync();
        var like = new TokenEntry { Id = "", Sha256 = "", Role = "", ConnectionsMax = 1 };
        var (one, other) = (scene.Give("read-only", "", like), scene.Give("read-only", "", like));
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();
        await using var first = scene.Connect(one);
        Assert.Null(await first.ReadAsync(reads => reads.GetAsync("a"u8)));

        await using var second = scene.Server.Connect(new DatabaseOptions
        {
            Token = AccessToken.Parse(one),
            RequestTimeout = TimeSpan.FromMilliseconds(200),
        });
        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await second.ReadAsync(reads => reads.GetAsync("a"u8)));
        await using var third = scene.Connect(other);

        Assert.Contains("has 1 connections already", error.Message, StringComparison.Ordinal);
        Assert.Null(await third.ReadAsync(reads => reads.GetAsync("a"u8)));
    }

    [Fact]
    public async Task Requests_that_come_too_fast_are_answered_all_the_same()
    {
        await using var scene = await TokenScene.StartAsync();
        var token = scene.Give(
            "read-only", "", new TokenEntry { Id = "", Sha256 = "", Role = "", RequestsPerSecond = 500 });
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();
        await using var database = scene.Connect(token);

        var reads = Enumerable.Range(0, 150)
            .Select(_ => database.ReadAsync(reads => reads.GetAsync("a"u8)).AsTask());

        Assert.All(await Task.WhenAll(reads), Assert.Null);
    }

    [Fact]
    public async Task What_admins_do_and_who_was_refused_is_told()
    {
        await using var scene = await TokenScene.StartAsync();
        var like = new TokenEntry { Id = "", Sha256 = "", Role = "", Name = "ops" };
        var token = scene.Give("admin", "", like);
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();
        await using var admin = scene.Connect(token);
        await using var nobody = scene.Connect(null);

        await admin.RunAsync(transaction =>
        {
            transaction.SetOption(TransactionOption.AccessSystemKeys);
            transaction.Set([0xff, 2, (byte)'x'], "1"u8);
        });
        await admin.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        await Assert.ThrowsAsync<FerrisException>(
            async () => await nobody.ReadAsync(reads => reads.GetAsync("a"u8)));

        var lines = scene.Audit().Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(
            ["start", "start", "connect", "write-system-keys", "token-refused"],
            lines.Select(line => line.GetProperty("action").GetString()));
        Assert.Equal($"ops ({AccessToken.Parse(token).Id})", lines[3].GetProperty("who").GetString());
        Assert.Contains(@"\xff\x02x", lines[3].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", lines[3].GetProperty("from").GetString());
    }

    [Fact]
    public async Task What_cannot_be_told_is_not_done()
    {
        await using var scene = await TokenScene.StartAsync();
        var token = scene.Give("admin");
        await scene.Server.StopAsync();
        await scene.Server.StartAgainAsync();
        await using var admin = scene.Connect(token);
        await admin.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        File.Delete(scene.AuditFile);
        Directory.CreateDirectory(scene.AuditFile);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await admin.RunAsync(transaction =>
        {
            transaction.SetOption(TransactionOption.AccessSystemKeys);
            transaction.Set([0xff, 2, (byte)'x'], "1"u8);
        }));

        Assert.Equal(ErrorCode.IoError, error.Code);
        Assert.Null(await admin.ReadAsync(async reads =>
        {
            ((Transaction)reads).SetOption(TransactionOption.ReadSystemKeys);
            return await reads.GetAsync(new byte[] { 0xff, 2, (byte)'x' });
        }));
    }

    // Whatever stands where a token should be: a refusal, and nothing else.
    [Fact]
    public async Task Nonsense_in_the_place_of_a_token_is_refused_and_others_are_served()
    {
        await using var scene = await TokenScene.StartAsync();
        var token = scene.Give("read-only");
        await using var database = scene.Connect(token);
        foreach (var seed in Seeds.ToTry(standard: 60))
        {
            var random = new Random(seed);
            using var socket = await scene.Server.ConnectRawAsync();
            var shown = random.Next(3) switch
            {
                0 => token[..random.Next(token.Length)],
                1 => new string((char)random.Next(1, 0xd800), random.Next(1, 10_000)),
                _ => token[..random.Next(token.Length)] + (char)random.Next(' ', 300)
                    + token[random.Next(token.Length)..],
            };
            await socket.SendAsync((Handshake.OfClient("") with { Token = shown }).Encode());

            var answer = await ReadToEndAsync(socket);

            if (shown == token || shown.Trim() == token)
                continue;
            var refusal = Handshake.Decode(answer);
            Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, refusal.RefusalCode);
            Assert.Equal(("", 0), (refusal.Cluster, refusal.LastVersion));
            Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
        }
    }

    // Invariant: who has not said who he is takes nobody's place.
    [Fact]
    public async Task Connections_that_say_nothing_leave_room_for_those_that_do()
    {
        await using var server = await TestServer.StartAsync(null, new ServerOptions { ConnectionsMax = 2 });
        var silent = new List<Socket>();
        for (var count = 0; count < 20; count++)
            silent.Add(await server.ConnectRawAsync());

        await using var first = server.Connect();
        await using var second = server.Connect();

        Assert.Null(await first.ReadAsync(reads => reads.GetAsync("a"u8)));
        Assert.Null(await second.ReadAsync(reads => reads.GetAsync("a"u8)));
        foreach (var socket in silent)
            socket.Dispose();
    }

    [Fact]
    public void A_flood_of_refusals_does_not_fill_the_disk()
    {
        var file = Path.GetTempFileName();
        try
        {
            var clock = new FakeTimeProvider();
            var audit = new AuditLog(file, clock);
            for (var count = 0; count < 1000; count++)
                audit.TryNote("token-refused", "", "", "");
            clock.Advance(TimeSpan.FromSeconds(1));
            audit.TryNote("token-refused", "", "", "");

            var lines = File.ReadAllLines(file);
            Assert.Equal(11, lines.Length);
            Assert.EndsWith("\"leftOut\":990}", lines[^1], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_file_of_tokens_lets_nobody_in_and_nothing_prints_a_token()
    {
        await using var scene = await TokenScene.StartAsync();
        var token = scene.Give("admin");
        var secret = token.Split('_')[2];

        var printed = await File.ReadAllTextAsync(scene.TokenFile)
            + AccessToken.Parse(token) + new DatabaseOptions { Token = AccessToken.Parse(token) }
            + (Handshake.OfClient("a:b") with { Token = token });

        Assert.DoesNotContain(secret, printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void In_clear_text_a_token_stays_on_its_machine(string address, bool mayBeSent) =>
        Assert.Equal(mayBeSent, TcpNetwork.IsOwnMachine(new IPEndPoint(IPAddress.Parse(address), 1)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"format":2,"tokens":[]}""")]
    [InlineData("""{"tokens":[{"id":"a","role":"god","sha256":""}]}""")]
    [InlineData("""{"tokens":[{"id":"a","role":"admin","sha256":"00"}]}""")]
    [InlineData("""{"tokens":[],"more":1}""")]
    [InlineData("""{"tokens":null}""")]
    [InlineData("""{"tokens":[null]}""")]
    [InlineData("""{"tokens":[{"id":null,"role":"admin","sha256":"00"}]}""")]
    [InlineData("""{"tokens":[{"id":"a","role":null,"sha256":"00"}]}""")]
    [InlineData("""{"tokens":[{"id":"a","role":"admin","sha256":null}]}""")]
    public void What_is_no_token_file_is_refused_by_name(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);

            var error = Assert.Throws<FerrisException>(() => TokenFile.Read(file));

            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("admin", "p/")]
    [InlineData("read-only", "\u00ff")]
    [InlineData("reader", "")]
    public async Task A_token_that_makes_no_sense_is_not_given(string role, string prefix)
    {
        await using var scene = await TokenScene.StartAsync();

        var error = Assert.Throws<FerrisException>(() => scene.Give(role, prefix));

        Assert.Equal(ErrorCode.InvalidOptionValue, error.Code);
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var (all, buffer) = (new List<byte>(), new byte[4096]);
        try
        {
            while (await socket.ReceiveAsync(buffer) is var more and > 0)
            {
                all.AddRange(buffer.AsSpan(0, more));
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // A connection that is reset has ended too.
        }
        return [.. all];
    }

    // The server looks every second whether somebody has to go; what comes after that is refused.
    private static async Task<ErrorCode> WhenRefusedAsync(Database database)
    {
        const int ReadsMax = 100_000;
        for (var count = 0; count < ReadsMax; count++)
        {
            try
            {
                await database.ReadAsync(reads => reads.GetAsync("a"u8));
            }
            catch (FerrisException refused)
            {
                return refused.Code;
            }
        }
        return default;
    }
}
