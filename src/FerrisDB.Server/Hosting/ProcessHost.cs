using System.Runtime.InteropServices;

namespace FerrisDB.Server;

/// <summary>A terminal, a container or systemd: signals end the server, and systemd is told how it is.</summary>
internal sealed class ProcessHost : IServiceHost, IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly ServiceNotifier _systemd;
    private ServiceWatchdog? _watchdog;

    /// <summary>Listens to the signals of this process, and to whatever else interrupts it.</summary>
    public ProcessHost(CancellationToken interrupted)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _cancelled = interrupted.Register(() => _stop.TrySetResult());
        _systemd = ServiceNotifier.Open(Environment.GetEnvironmentVariable(ServiceNotifier.Variable));
    }

    public Task StopWanted => _stop.Task;

    public bool HasEventLog => false;

    public void Ready(string status, Func<Task> answer)
    {
        _systemd.Ready(status);
        var patience = ServiceWatchdog.PatienceOf(
            Environment.GetEnvironmentVariable(ServiceWatchdog.Variable),
            Environment.GetEnvironmentVariable(ServiceWatchdog.ProcessVariable));
        if (patience is { } time)
            _watchdog = ServiceWatchdog.Start(_systemd, time, answer, TimeProvider.System);
    }

    // From here on systemd has another time in which it is to end.
    public void Stopping()
    {
        _watchdog?.Dispose();
        _systemd.Stopping();
    }

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _cancelled.Dispose();
        _watchdog?.Dispose();
        _systemd.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop.TrySetResult();
    }
}
