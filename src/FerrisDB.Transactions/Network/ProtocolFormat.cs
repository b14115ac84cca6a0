namespace FerrisDB.Transactions;

// A connection carries one handshake each way, then frames each way, in any order:
//
//     handshake, of the client first     docs/formats/protocol.md draws its bytes
//         magic "FerrisDB", newest and oldest protocol version that it speaks, and what the versions know to say
//
//     frame
//     offset  size  field
//          0     4  checksum    CRC-32C of everything after this field
//          4     4  length      bytes of the payload, 0..FrameBytesMax
//          8     8  request id  chosen by who asks, and repeated by who answers
//         16     1  type        MessageType
//         17     1  endpoint    RoleEndpoint: which role is meant
//         18     2  flags       1: the trace of the request is in front of the payload (TraceMessage); others are zero
//         20     n  payload
//
// Integers are little-endian. Whoever finds that a frame is not so closes the connection: there is no way to find the
// next one.

/// <summary>The sizes, versions and limits of FerrisDB's protocol.</summary>
internal static class ProtocolFormat
{
    /// <summary>The version that this program speaks best.</summary>
    public const int NewestVersion = 1;

    /// <summary>The oldest one that it still speaks: the one before, so that servers can be renewed first.</summary>
    public const int OldestVersion = NewestVersion > 1 ? NewestVersion - 1 : 1;

    public const int FrameHeaderSize = sizeof(uint) + sizeof(uint) + sizeof(ulong) + 2 + 2;

    /// <summary>Bytes of a payload at most: a commit of FoundationDB's 10 MB, encoded, and some room.</summary>
    public const int FrameBytesMax = 16 << 20;

    /// <summary>Requests that a connection may have unanswered: the server reads no further until some are.</summary>
    public const int RequestsMax = 10_000;

    /// <summary>Bytes of commits that a connection may have unanswered.</summary>
    public const int RequestBytesMax = 64 << 20;

    /// <summary>Bytes of answers that may wait for the client to read them.</summary>
    public const int ReplyBytesMax = 8 << 20;

    /// <summary>Watches that a connection may have.</summary>
    public const int WatchesMax = 10_000;

    /// <summary>Watches of all connections.</summary>
    public const int WatchesOfServerMax = 100_000;

    /// <summary>Bytes of rows in one answer: what a client asks for beyond that comes with the next one.</summary>
    public const int RangeBytesMax = 1 << 20;

    /// <summary>Ranges that a connection may read from begin to end at once.</summary>
    public const int StreamsMax = 16;

    /// <summary>Bytes of rows in one answer of those: the row that reaches them is the last one.</summary>
    public const int StreamChunkBytes = 128 << 10;

    /// <summary>Bytes of a file in one answer to a backup.</summary>
    public const int BackupChunkBytes = 128 << 10;

    /// <summary>Questions of a backup that a connection may have unanswered: who asks more is cut off.</summary>
    public const int BackupQuestionsMax = 64;

    /// <summary>Bytes of rows in one part of a load: the row that reaches them is the last one.</summary>
    public const int LoadChunkBytes = 256 << 10;

    /// <summary>Parts of a load that a connection may have unanswered: who sends more is cut off.</summary>
    public const int LoadChunksMax = 8;

    /// <summary>Loads of all connections.</summary>
    public const int LoadsOfServerMax = 4;
}
