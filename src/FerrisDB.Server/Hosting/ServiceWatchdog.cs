using System.Globalization;

namespace FerrisDB.Server;

/// <summary>Tells systemd again and again that the server answers: one that says nothing is started anew.</summary>
/// <remarks>An error is an answer. It is silence that a new start may cure.</remarks>
internal sealed class ServiceWatchdog : IDisposable
{
    /// <summary>After how many microseconds of silence systemd ends the service.</summary>
    public const string Variable = "WATCHDOG_USEC";

    /// <summary>The process that is meant; it may have children who inherit both.</summary>
    public const string ProcessVariable = "WATCHDOG_PID";

    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceNotifier _systemd;
    private readonly Func<Task> _answer;
    private readonly TimeSpan _step;
    private readonly TimeProvider _clock;

    private ServiceWatchdog(ServiceNotifier systemd, TimeSpan patience, Func<Task> answer, TimeProvider clock)
    {
        _systemd = systemd;
        _answer = answer;
        _step = patience / 2;
        _clock = clock;
    }

    /// <summary>How much silence is borne, as the environment says; null if nobody listens.</summary>
    public static TimeSpan? PatienceOf(string? microseconds, string? processId)
    {
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(processId) && processId != own)
            return null;
        return long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 1
            ? TimeSpan.FromMicroseconds(count)
            : null;
    }

    /// <summary>Begins to tell.</summary>
    /// <param name="systemd">Who is told.</param>
    /// <param name="patience">How much silence is borne; it is told twice as often.</param>
    /// <param name="answer">Asks the server for something, and completes when it has answered.</param>
    /// <param name="clock">Tells when it is time.</param>
    public static ServiceWatchdog Start(
        ServiceNotifier systemd, TimeSpan patience, Func<Task> answer, TimeProvider clock)
    {
        var watchdog = new ServiceWatchdog(systemd, patience, answer, clock);
        _ = watchdog.WatchAsync();
        return watchdog;
    }

    public void Dispose() => _stop.Cancel();

    private async Task<bool> IsAnsweredAsync()
    {
        try
        {
            await _answer();
            return !_stop.IsCancellationRequested;
        }
        catch (FerrisException silence) when (silence.Code == ErrorCode.TimedOut)
        {
            return false;
        }
        catch (Exception)
        {
            // Whatever it is, somebody has said it.
            return !_stop.IsCancellationRequested;
        }
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            if (await IsAnsweredAsync())
                _systemd.Alive();
            try
            {
                await Task.Delay(_step, _clock, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
