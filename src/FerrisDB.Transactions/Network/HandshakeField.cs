namespace FerrisDB.Transactions;

/// <summary>What a handshake may say beside the versions. The numbers are part of the protocol.</summary>
internal enum HandshakeField : byte
{
    Cluster = 1,
    LastVersion = 2,
    Refusal = 3,
    Token = 4,
    RefusalCode = 5,
}
