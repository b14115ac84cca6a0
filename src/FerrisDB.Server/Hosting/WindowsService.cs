using System.Runtime.Versioning;
using System.ServiceProcess;

namespace FerrisDB.Server;

/// <summary>The server as a service of Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsService : ServiceBase
{
    /// <summary>What it is called, in the list of services and in the event log.</summary>
    public const string Name = "FerrisDB";

    // ERROR_EXCEPTION_IN_SERVICE: what the list of services shows, and what `sc.exe failureflag` reacts to.
    private const int Failed = 1064;

    private readonly ServiceLife _life;

    private WindowsService(ServiceLife life)
    {
        _life = life;
        ServiceName = Name;
        CanShutdown = true;
    }

    /// <summary>
    /// Where a service keeps what it names by relative paths: its own folder would be that of Windows.
    /// </summary>
    public static string Folder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), Name);

    /// <summary>Does what the service control manager says, until the service has ended.</summary>
    public static void Run(ServiceLife life)
    {
        using var service = new WindowsService(life);
        Run(service);
    }

    protected override void OnStart(string[] args)
    {
        _life.Start(Ask);
        _ = StopWithServerAsync();
    }

    protected override void OnStop()
    {
        _life.Stop(Ask);
        if (_life.Failure is not { } failure)
            return;
        ExitCode = Failed;
        EventLog.WriteEntry($"The server failed: {failure}", System.Diagnostics.EventLogEntryType.Error);
    }

    // Windows gives all services together a few seconds then, and takes no requests for more.
    protected override void OnShutdown() => _life.Stop(static _ => { });

    private void Ask(TimeSpan time) => RequestAdditionalTime((int)time.TotalMilliseconds);

    // `ferrisdb kill`, and failures.
    private async Task StopWithServerAsync()
    {
        await _life.Ended;
        if (!_life.StopWanted.IsCompleted)
            Stop();
    }
}
