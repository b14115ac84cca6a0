namespace FerrisDB.Transactions;

/// <summary>A connection to another process, past the handshake.</summary>
internal interface IConnection
{
    /// <summary>What the other side said of itself.</summary>
    Handshake Peer { get; }

    /// <summary>Where frames go out.</summary>
    FrameOutput Output { get; }

    /// <summary>Begins to receive. Called once.</summary>
    void Start(IFrameReceiver receiver);

    /// <summary>Ends the connection; the receiver is told, if it has not been yet.</summary>
    void Close(Exception reason);
}
