using System.Buffers;
using System.Text.Json;

namespace FerrisDB;

/// <summary>Why a write of a special key was refused, as FoundationDB's tools expect to read it.</summary>
internal static class ErrorDocument
{
    /// <summary>Leaves the reason where it can be read; returns it as an error.</summary>
    public static FerrisException Refuse(TransactionContext context, string command, string message)
    {
        context.SpecialFailure = Write(command, message);
        return new FerrisException(ErrorCode.SpecialKeysApiFailure, message);
    }

    private static byte[] Write(string command, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("retriable", false);
            json.WriteString("command", command);
            json.WriteString("message", message);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
