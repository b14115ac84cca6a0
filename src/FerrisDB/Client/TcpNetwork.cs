using System.Net;
using System.Net.Sockets;

namespace FerrisDB;

/// <summary>Reaches other processes by TCP, and by TLS on it where their address says so.</summary>
/// <param name="tls">The own side of TLS; null if no address asks for it.</param>
internal sealed class TcpNetwork(TlsClient? tls) : INetwork
{
    private const byte TlsAlert = 0x15;

    public async ValueTask<IConnection> ConnectAsync(
        NetworkAddress address, Handshake own, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            if (own.Token.Length > 0 && !address.IsTls && !IsOwnMachine(socket.RemoteEndPoint))
                throw new FerrisException(
                    ErrorCode.AuthorizationTokenVerifyFailed,
                    $"{address}: an access token is for this machine or for TLS, and the address does not end in :tls. "
                        + "Nothing was sent.");
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsTls)
                stream = await tls!.EncryptAsync(stream, address.Host, cancellationToken);
            return await ShakeHandsAsync(stream, own, address.IsTls, cancellationToken);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is SocketException or IOException or ProtocolException)
                throw new FerrisException(ErrorCode.ConnectionFailed, $"{address}: {failure.Message}", failure);
            if (failure is FerrisException { Code: ErrorCode.TlsError } wrong)
                throw new FerrisException(ErrorCode.TlsError, $"{address}: {wrong.Message}", wrong);
            throw;
        }
    }

    /// <summary>What is sent there does not leave this machine.</summary>
    internal static bool IsOwnMachine(EndPoint? where) =>
        where is IPEndPoint { Address: var address }
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static async ValueTask<IConnection> ShakeHandsAsync(
        Stream stream, Handshake own, bool isTls, CancellationToken cancellationToken)
    {
        var bytes = new byte[Handshake.FixedSize];
        try
        {
            await stream.WriteAsync(own.Encode(), cancellationToken);
            await ReadAsync(stream, bytes, cancellationToken);
        }
        catch (Exception end) when (isTls && end is IOException or ProtocolException)
        {
            // The client's part of a handshake of TLS 1.3 is over before the server has seen its certificate.
            throw new FerrisException(
                ErrorCode.TlsError,
                "The server closed the connection behind the TLS handshake: it does not accept the certificate of this "
                    + $"client, or wants one. {end.Message}",
                end);
        }
        var size = Handshake.SizeOf(bytes);
        Array.Resize(ref bytes, size);
        await ReadAsync(stream, bytes.AsMemory(Handshake.FixedSize), cancellationToken);
        var peer = Handshake.Decode(bytes);
        if (peer.Refusal.Length > 0 && peer.RefusalCode != 0)
            throw new FerrisException(peer.RefusalCode, $"The server refused the connection. {peer.Refusal}");
        if (peer.Refusal.Length > 0)
            throw new ProtocolException($"The server refused the connection. {peer.Refusal}");
        if (peer.Newest > own.Newest || peer.Newest < own.Oldest)
            throw new ProtocolException(
                $"The server wants to speak version {peer.Newest}; this client speaks {own.Oldest} to {own.Newest}.");
        return new StreamConnection(stream, peer);
    }

    private static async ValueTask ReadAsync(Stream stream, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (read == bytes.Length)
            return;
        if (read > 0 && bytes.Span[0] == TlsAlert)
            throw new ProtocolException("The other side speaks TLS. If it is the server, its address ends in :tls.");
        throw Handshake.IsPossible(bytes.Span[..read])
            ? new ProtocolException("The other side has closed the connection.")
            : new ProtocolException("The other side does not speak FerrisDB's protocol.");
    }
}
