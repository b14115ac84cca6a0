namespace FerrisDB.Transactions;

/// <summary>The other side does not keep to the protocol: its connection is closed.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
