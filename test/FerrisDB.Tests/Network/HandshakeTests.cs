using System.Text;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

public sealed class HandshakeTests
{
    [Fact]
    public void A_handshake_is_read_as_it_was_written_and_its_size_is_known_early()
    {
        var handshake = new Handshake(3, 2)
        {
            Cluster = "a:b",
            LastVersion = 77,
            Refusal = "no",
            RefusalCode = ErrorCode.PermissionDenied,
            Token = "secret",
        };
        var bytes = handshake.Encode();

        Assert.Equal(handshake, Handshake.Decode(bytes));
        for (var length = 0; length <= bytes.Length; length++)
            Assert.Equal(length < Handshake.FixedSize ? 0 : bytes.Length, Handshake.SizeOf(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void A_handshake_with_any_flipped_bit_is_refused()
    {
        var bytes = new Handshake(3, 2) { Cluster = "a:b", LastVersion = 77 }.Encode();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(bytes), $"bit {bit} was flipped and nobody noticed");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 1, 1, 1, 1)]
    [InlineData(2, 1, 3, 2, 2)]
    [InlineData(3, 2, 2, 1, 2)]
    [InlineData(3, 2, 1, 1, 0)]
    [InlineData(2, 1, 4, 3, 0)]
    public void Both_sides_speak_the_newest_version_that_both_know(
        int newest, int oldest, int otherNewest, int otherOldest, int agreed) =>
        Assert.Equal(agreed, Handshake.Agree(newest, oldest, otherNewest, otherOldest));

    [Fact]
    public void A_client_of_the_future_is_refused_with_both_versions()
    {
        var answer = new Handshake(100, 99).Answer("a:b", 1);

        Assert.Contains("the client speaks 99 to 100", answer.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001")]
    [InlineData("FerrisDC")]
    public async Task Strangers_are_told_whom_they_have_met(string said)
    {
        await using var server = await TestServer.StartAsync();
        using var socket = await server.ConnectRawAsync();

        await socket.SendAsync(Encoding.Latin1.GetBytes(said));

        var buffer = new byte[1000];
        var count = await socket.ReceiveAsync(buffer);
        Assert.Contains("This is a FerrisDB server", Encoding.Latin1.GetString(buffer, 0, count),
            StringComparison.Ordinal);
        Assert.Equal(0, await socket.ReceiveAsync(buffer));
    }

    [Theory]
    [InlineData("a:b@127.0.0.1:4500", "a:b@127.0.0.1:4500")]
    [InlineData(" a_1:b2@[::1]:1,host:65535:tls ", "a_1:b2@[::1]:1,host:65535:tls")]
    public void A_connection_string_says_where_a_cluster_is(string text, string expected) =>
        Assert.Equal(expected, FerrisDB.ConnectionString.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a@127.0.0.1:4500")]
    [InlineData("a:@127.0.0.1:4500")]
    [InlineData("a-b:c@127.0.0.1:4500")]
    [InlineData("a:b@127.0.0.1")]
    [InlineData("a:b@127.0.0.1:0")]
    [InlineData("a:b@127.0.0.1:65536")]
    [InlineData("a:b@::1:4500")]
    [InlineData("a:b@h:1,h:1")]
    public void What_is_no_connection_string_is_refused(string text)
    {
        var error = Assert.Throws<FerrisException>(() => FerrisDB.ConnectionString.Parse(text));

        Assert.Equal(ErrorCode.ConnectionStringInvalid, error.Code);
    }

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            if (Handshake.SizeOf(bytes) != bytes.Length)
                return true;
            Handshake.Decode(bytes);
            return false;
        }
        catch (ProtocolException)
        {
            return true;
        }
    }
}
