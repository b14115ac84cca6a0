using System.Buffers.Binary;
using System.Text;

namespace FerrisDB.Transactions;

// Both sides begin with the same form, the client first:
//
//     offset  size  field
//          0     8  magic      "FerrisDB"
//          8     2  newest     the newest protocol version that the sender speaks; of a server: the one that is spoken
//         10     2  oldest     the oldest one; of a server: its oldest
//         12     4  length     bytes of what follows, 0..ExtrasBytesMax
//         16     n  extras     fields of tag (1 byte), length (4 bytes), bytes; unknown tags are skipped
//          .     4  checksum   CRC-32C of everything before
//
// A server that cannot talk to the client says why in the extra Refusal, and closes.

/// <summary>What the two ends of a connection say first: who they are, and how they are going to speak.</summary>
internal sealed record Handshake(int Newest, int Oldest)
{
    public const int FixedSize = 16;
    public const int ChecksumSize = sizeof(uint);
    public const int ExtrasBytesMax = 64 << 10;

    private const int FieldHeaderSize = 1 + sizeof(int);

    /// <summary>The first bytes of either side.</summary>
    public static ReadOnlySpan<byte> Magic => "FerrisDB"u8;

    /// <summary>The name of the cluster: its description and id, as in the cluster file.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>Of a server: the newest version that it knows.</summary>
    public long LastVersion { get; init; }

    /// <summary>Of a server that does not want the connection: why.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Of a client: its access token, or nothing.</summary>
    public string Token { get; init; } = "";

    /// <summary>Of a server that does not want the connection: an error that does not pass by itself; or 0.</summary>
    public ErrorCode RefusalCode { get; init; }

    /// <summary>The first handshake of a client.</summary>
    public static Handshake OfClient(string cluster) =>
        new(ProtocolFormat.NewestVersion, ProtocolFormat.OldestVersion) { Cluster = cluster };

    /// <summary>The newest version that both sides speak, or 0.</summary>
    public static int Agree(int newest, int oldest, int otherNewest, int otherOldest)
    {
        var agreed = Math.Min(newest, otherNewest);
        return agreed >= oldest && agreed >= otherOldest ? agreed : 0;
    }

    /// <summary>What a server answers to a client.</summary>
    public Handshake Answer(string cluster, long lastVersion)
    {
        var agreed = Agree(ProtocolFormat.NewestVersion, ProtocolFormat.OldestVersion, Newest, Oldest);
        var answer = new Handshake(agreed, ProtocolFormat.OldestVersion)
        {
            Cluster = cluster,
            LastVersion = lastVersion,
        };
        if (agreed == 0)
            return answer with
            {
                Refusal = $"This server speaks the protocol versions {ProtocolFormat.OldestVersion} to "
                    + $"{ProtocolFormat.NewestVersion}; the client speaks {Oldest} to {Newest}.",
            };
        if (Cluster.Length > 0 && cluster.Length > 0 && Cluster != cluster)
            return answer with { Refusal = $"This is the cluster {cluster}; the client looks for {Cluster}." };
        return answer;
    }

    /// <summary>What a server answers that does not know the client: nothing of itself.</summary>
    public Handshake Refuse(string refusal, ErrorCode code) =>
        Answer("", 0) is { Refusal.Length: > 0 } incompatible
            ? incompatible
            : Answer("", 0) with { Refusal = refusal, RefusalCode = code };

    /// <summary>Without the token, which is secret.</summary>
    public override string ToString() => $"{Oldest} to {Newest}, cluster {Cluster}, refusal '{Refusal}' {RefusalCode}";

    public byte[] Encode()
    {
        var writer = new MessageWriter();
        WriteField(writer, HandshakeField.Cluster, Cluster);
        WriteField(writer, HandshakeField.Refusal, Refusal);
        WriteField(writer, HandshakeField.LastVersion, LastVersion);
        WriteField(writer, HandshakeField.Token, Token);
        WriteField(writer, HandshakeField.RefusalCode, (long)RefusalCode);
        var bytes = new byte[FixedSize + writer.Length + ChecksumSize];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)Newest);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)Oldest);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), writer.Length);
        writer.Written.Span.CopyTo(bytes.AsSpan(FixedSize));
        var checksum = Crc32C.Of(bytes.AsSpan()[..^ChecksumSize]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan()[^ChecksumSize..], checksum);
        return bytes;
    }

    /// <summary>False if the first bytes are none of a handshake, however few they are.</summary>
    public static bool IsPossible(ReadOnlySpan<byte> bytes) =>
        bytes.Length < Magic.Length ? Magic.StartsWith(bytes) : bytes.StartsWith(Magic);

    /// <summary>Bytes of the handshake that begins here, or 0 if too little of it is there to tell.</summary>
    public static int SizeOf(ReadOnlySpan<byte> bytes)
    {
        if (!IsPossible(bytes))
            throw new ProtocolException("The other side does not speak FerrisDB's protocol.");
        if (bytes.Length < FixedSize)
            return 0;
        var extras = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return extras <= ExtrasBytesMax
            ? FixedSize + (int)extras + ChecksumSize
            : throw new ProtocolException($"A handshake claims {extras} bytes; the limit is {ExtrasBytesMax}.");
    }

    /// <summary>Reads a whole handshake.</summary>
    public static Handshake Decode(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumSize..]) != Crc32C.Of(bytes[..^ChecksumSize]))
            throw new ProtocolException("A handshake is damaged: its checksum is wrong.");
        var handshake = new Handshake(
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]));
        var extras = bytes[FixedSize..^ChecksumSize];
        while (!extras.IsEmpty)
        {
            if (extras.Length < FieldHeaderSize)
                throw new ProtocolException("A field of a handshake ends early.");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(extras[1..]);
            if (length > (uint)(extras.Length - FieldHeaderSize))
                throw new ProtocolException("A field of a handshake ends early.");
            handshake = handshake.With((HandshakeField)extras[0], extras.Slice(FieldHeaderSize, (int)length));
            extras = extras[(FieldHeaderSize + (int)length)..];
        }
        return handshake;
    }

    private Handshake With(HandshakeField field, ReadOnlySpan<byte> value) => field switch
    {
        HandshakeField.Cluster => this with { Cluster = Encoding.UTF8.GetString(value) },
        HandshakeField.Refusal => this with { Refusal = Encoding.UTF8.GetString(value) },
        HandshakeField.LastVersion when value.Length == sizeof(long) =>
            this with { LastVersion = BinaryPrimitives.ReadInt64LittleEndian(value) },
        HandshakeField.Token => this with { Token = Encoding.UTF8.GetString(value) },
        HandshakeField.RefusalCode when value.Length == sizeof(long) =>
            this with { RefusalCode = (ErrorCode)BinaryPrimitives.ReadInt64LittleEndian(value) },
        HandshakeField.RefusalCode => throw new ProtocolException("A handshake has an error code that is none."),
        HandshakeField.LastVersion => throw new ProtocolException("A handshake has a version that is none."),
        _ => this,
    };

    private static void WriteField(MessageWriter writer, HandshakeField field, string text)
    {
        if (text.Length == 0)
            return;
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteFieldHeader(writer, field, bytes.Length);
        writer.WriteRaw(bytes);
    }

    private static void WriteField(MessageWriter writer, HandshakeField field, long number)
    {
        if (number == 0)
            return;
        WriteFieldHeader(writer, field, sizeof(long));
        writer.WriteInt64(number);
    }

    private static void WriteFieldHeader(MessageWriter writer, HandshakeField field, int length)
    {
        writer.WriteByte((byte)field);
        Span<byte> size = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(size, length);
        writer.WriteRaw(size);
    }
}
