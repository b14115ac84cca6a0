using System.Net;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>What <c>ferrisdb serve</c> can be told about how it is watched.</summary>
internal static class OperationsSettings
{
    public static TypedSetting<LogLevel> LogLevel { get; } = new(
        "log-level", "LEVEL", "From which level on to log, to standard error; `ferrisdb loglevel` changes it.",
        new SettingKind<LogLevel>(
            $"one of {string.Join(", ", LogLevelSwitch.Names)}", LogLevelSwitch.TryParse,
            static value => LogLevelSwitch.Names[(int)value]),
        new LogLevelSwitch().Level);

    public static TypedSetting<LogFormat> LogFormat { get; } = new(
        "log-format", "text|json", "How a line of the log looks.",
        new SettingKind<LogFormat>("text or json", TryParseFormat, static value => value.ToString().ToLowerInvariant()),
        Server.LogFormat.Text);

    public static TypedSetting<TimeSpan> SlowTransaction { get; } = new(
        "slow-transaction", "TIME", "Log transactions that take so long, with their keys and steps; 0ms logs none.",
        SettingKinds.Time(TimeSpan.Zero, TimeSpan.FromHours(1)), TimeSpan.Zero);

    public static TypedSetting<IPEndPoint?> Metrics { get; } = new(
        "metrics", "ADDRESS:PORT", "Where metrics, health and status are to be had by HTTP, such as 127.0.0.1:4501.",
        SettingKinds.OptionalEndPoint, null, "nowhere");

    public static TypedSetting<Uri?> Otlp { get; } = new(
        "otlp", "URL", "An OpenTelemetry collector that metrics, log and traces go to, such as http://127.0.0.1:4317.",
        new SettingKind<Uri?>(
            "the URL of a collector, such as http://127.0.0.1:4317", TryParseUrl,
            static value => value?.ToString() ?? ""),
        null, "none");

    public static TypedSetting<double> TraceShare { get; } = new(
        "trace-share", "SHARE", "Of the traces that clients record, how many go to the collector, from 0 to 1.",
        SettingKinds.Share, new ServerOptions().TraceShare);

    public static IReadOnlyList<Setting> All { get; } =
        [LogLevel, LogFormat, SlowTransaction, Metrics, Otlp, TraceShare];

    private static bool TryParseFormat(string text, out LogFormat value) =>
        Enum.TryParse(text, ignoreCase: true, out value) && !char.IsAsciiDigit(text[0]);

    private static bool TryParseUrl(string text, out Uri? value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "http" or "https";
}
