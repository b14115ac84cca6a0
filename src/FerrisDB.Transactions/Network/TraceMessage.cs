using System.Diagnostics;

namespace FerrisDB.Transactions;

// A frame whose header says that it is traced has this in front of its payload:
//
//     trace id (16) | id of the client's span (8) | trace flags (1)
//
// as in W3C's traceparent, where they are written in hexadecimal digits.

/// <summary>How a request says which trace it belongs to.</summary>
internal static class TraceMessage
{
    public const int SizeBytes = TraceIdBytes + SpanIdBytes + 1;

    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    /// <summary>What a request made now is part of; null if nobody records that.</summary>
    public static Activity? Caller =>
        Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } current ? current : null;

    public static void Write(MessageWriter writer, Activity caller)
    {
        var place = writer.GetSpan(SizeBytes);
        caller.TraceId.CopyTo(place[..TraceIdBytes]);
        caller.SpanId.CopyTo(place.Slice(TraceIdBytes, SpanIdBytes));
        place[SizeBytes - 1] = (byte)caller.ActivityTraceFlags;
        writer.Advance(SizeBytes);
    }

    /// <summary>Looks whether it is at the begin of a payload.</summary>
    /// <exception cref="ProtocolException">It is not, or names no trace.</exception>
    public static void Check(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < SizeBytes)
            throw new ProtocolException($"A traced request has a payload of {payload.Length} bytes.");
        if (!payload[..TraceIdBytes].ContainsAnyExcept((byte)0)
            || !payload[TraceIdBytes..(SizeBytes - 1)].ContainsAnyExcept((byte)0))
            throw new ProtocolException("A traced request belongs to no trace.");
    }

    /// <summary>Reads it from the begin of a payload, which was looked at.</summary>
    public static ActivityContext Read(ReadOnlySpan<byte> payload) => new(
        ActivityTraceId.CreateFromBytes(payload[..TraceIdBytes]),
        ActivitySpanId.CreateFromBytes(payload[TraceIdBytes..(SizeBytes - 1)]),
        (ActivityTraceFlags)payload[SizeBytes - 1], traceState: null, isRemote: true);
}
