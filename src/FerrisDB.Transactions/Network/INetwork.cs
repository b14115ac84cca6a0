namespace FerrisDB.Transactions;

/// <summary>How one process reaches another: sockets, or a simulation of them.</summary>
/// <remarks>
/// What roles say to each other is made of frames, whatever carries them. Frames of a connection arrive whole and in
/// order, or not at all; when it ends, nobody knows which of the last ones have arrived.
/// </remarks>
internal interface INetwork
{
    /// <summary>Connects, and shakes hands.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="own">What this side says of itself.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.ConnectionFailed"/>: nobody is there, it does not speak
    /// the protocol, or it refuses the connection and says why.</exception>
    ValueTask<IConnection> ConnectAsync(
        NetworkAddress address, Handshake own, CancellationToken cancellationToken);
}
