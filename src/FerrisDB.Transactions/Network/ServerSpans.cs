using System.Diagnostics;
using System.Globalization;

namespace FerrisDB.Transactions;

// Only a request that names its trace has a span: whoever records nothing pays for a bit of the header of each frame.

/// <summary>The spans of requests, in the traces of the clients that make them, by OpenTelemetry's names.</summary>
internal static class ServerSpans
{
    public const string SourceName = "FerrisDB.Server";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins one; null if nobody records it, or the request is none that has one.</summary>
    /// <param name="type">The request.</param>
    /// <param name="payload">Its payload, which names the client's span first.</param>
    /// <param name="cluster">The cluster that is served.</param>
    public static Activity? Begin(MessageType type, ReadOnlySpan<byte> payload, string cluster)
    {
        if (!Source.HasListeners() || OperationOf(type) is not { } operation)
            return null;
        var around = Activity.Current;
        var span = Source.StartActivity(operation, ActivityKind.Server, TraceMessage.Read(payload));
        // It ends on whatever thread answers: it is not what this one works for.
        Activity.Current = around;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryNames.SystemTag, TelemetryNames.SystemName);
            span.SetTag(TelemetryNames.NamespaceTag, cluster);
            span.SetTag(TelemetryNames.OperationTag, operation);
        }
        return span;
    }

    /// <summary>The request is answered with an error.</summary>
    public static void Fail(Activity? span, FerrisException error) => Fail(span, error.Code);

    /// <summary>The commit is decided.</summary>
    public static void Tell(Activity? span, Verdict verdict)
    {
        if (verdict == Verdict.Conflict)
            Fail(span, ErrorCode.NotCommitted);
        else if (verdict == Verdict.TooOld)
            Fail(span, ErrorCode.TransactionTooOld);
        else if (verdict == Verdict.Locked)
            Fail(span, ErrorCode.DatabaseLocked);
    }

    /// <summary>The range is answered with so many rows.</summary>
    public static void TellRows(Activity? span, long rows) => span?.SetTag(TelemetryNames.RowsTag, rows);

    /// <summary>The request is answered.</summary>
    public static void End(Activity? span)
    {
        if (span is null)
            return;
        var around = Activity.Current;
        span.Dispose();
        Activity.Current = around;
    }

    private static void Fail(Activity? span, ErrorCode code)
    {
        if (span is null)
            return;
        span.SetTag(TelemetryNames.ErrorTag, code.ToString());
        span.SetTag(TelemetryNames.StatusTag, ((int)code).ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }

    // Parts of what is sent piece by piece have none: a backup is thousands of them.
    private static string? OperationOf(MessageType type) => type switch
    {
        MessageType.GetReadVersion => "get_read_version",
        MessageType.Get => "get",
        MessageType.GetRange => "get_range",
        MessageType.Commit => "commit",
        MessageType.EstimateSize => "estimate_size",
        MessageType.GetSplitPoints => "get_split_points",
        MessageType.StreamBegin => "stream",
        MessageType.BackupBegin => "backup",
        MessageType.LoadEnd => "load",
        MessageType.GetReport => "report",
        MessageType.Order => "order",
        _ => null,
    };
}
