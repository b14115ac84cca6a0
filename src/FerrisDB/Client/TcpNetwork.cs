using System.Net.Sockets;

namespace FerrisDB;

/// <summary>Reaches other processes by TCP.</summary>
internal sealed class TcpNetwork : INetwork
{
    /// <summary>Refuses a cluster that is to be reached by TLS: nothing may go there in clear text instead.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.UnsupportedOperation"/>.</exception>
    public static void ThrowIfEncryptionIsAsked(ConnectionString where)
    {
        foreach (var address in where.Addresses)
        {
            if (address.IsTls)
                throw new FerrisException(
                    ErrorCode.UnsupportedOperation,
                    $"{address} of '{where}' asks for TLS, which this version does not have. Nothing was sent.");
        }
    }

    public async ValueTask<IConnection> ConnectAsync(
        NetworkAddress address, Handshake own, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return await ShakeHandsAsync(stream, own, cancellationToken);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is SocketException or IOException or ProtocolException)
                throw new FerrisException(ErrorCode.ConnectionFailed, $"{address}: {failure.Message}", failure);
            throw;
        }
    }

    private static async ValueTask<IConnection> ShakeHandsAsync(
        Stream stream, Handshake own, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(own.Encode(), cancellationToken);
        var bytes = new byte[Handshake.FixedSize];
        await ReadAsync(stream, bytes, cancellationToken);
        var size = Handshake.SizeOf(bytes);
        Array.Resize(ref bytes, size);
        await ReadAsync(stream, bytes.AsMemory(Handshake.FixedSize), cancellationToken);
        var peer = Handshake.Decode(bytes);
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
        throw Handshake.IsPossible(bytes.Span[..read])
            ? new ProtocolException("The other side has closed the connection.")
            : new ProtocolException("The other side does not speak FerrisDB's protocol.");
    }
}
