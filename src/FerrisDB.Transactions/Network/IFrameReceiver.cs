namespace FerrisDB.Transactions;

/// <summary>Somebody whom frames are for.</summary>
internal interface IFrameReceiver
{
    /// <summary>
    /// A frame has come. Called by one thread at a time; must not wait, and the payload is valid until it returns.
    /// </summary>
    /// <exception cref="ProtocolException">Ends the connection.</exception>
    void Receive(IConnection connection, FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>The connection has ended. Called once, after the last frame.</summary>
    void Closed(IConnection connection, Exception reason);
}
