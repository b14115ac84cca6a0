using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Serves a folder from the start to the end of the process, whoever has started it.</summary>
internal static class ServeRun
{
    /// <summary>In a terminal, a container or under systemd.</summary>
    public static int InProcess(ServerConfiguration configuration, CliConsole console)
    {
        using var host = new ProcessHost(console.Interrupted);
        try
        {
            return Blocking.Wait(ServeAsync(configuration, console, host));
        }
        catch (FerrisException error) when (error.Code is ErrorCode.InvalidOptionValue or ErrorCode.TlsError)
        {
            // Settings that are right each by itself may not go together, or name certificates that cannot be used.
            // Whoever starts servers again when they failed must see that this one was told something wrong.
            throw new UsageException(error.Message);
        }
    }

    /// <summary>Under the service control manager of Windows.</summary>
    /// <param name="load">Reads the configuration, from the folder of the service.</param>
    public static int AsWindowsService(Func<ServerConfiguration> load, CliConsole console)
    {
        if (!OperatingSystem.IsWindows())
            throw new UsageException(
                $"{ServeCommand.WindowsServiceFlag} is for the service control manager of Windows.");
        var folder = new DirectoryInfo(WindowsService.Folder);
        folder.Create();
        Environment.CurrentDirectory = folder.FullName;
        var life = new ServiceLife(host => ServeAsync(load(), console, host));
        WindowsService.Run(life);
        return life.ExitCode ?? ExitCode.Usage;
    }

    /// <summary>Serves until whoever has started it, or an admin, wants it to end.</summary>
    public static async ValueTask<int> ServeAsync(
        ServerConfiguration configuration, CliConsole console, IServiceHost host)
    {
        var folder = configuration.Get(ServerSettings.Data);
        using var logging = ServerLogging.Open(configuration, console.Error, console.Time, host.HasEventLog);
        await using var served = await ServedFolder.StartAsync(
            folder, configuration.ToDatabaseOptions(), configuration.ToServerOptions(logging),
            configuration.Get(ServerSettings.ClusterFile));
        foreach (var warning in served.Warnings)
            console.Error.WriteLine($"warning: {warning}");
        Tell(folder, served, console);
        host.Ready($"Serving {folder} at {served.Server.EndPoint}", served.Server.AnswerAsync);
        await Task.WhenAny(host.StopWanted, served.Server.Admin.StopOrdered);
        host.Stopping();
        console.Out.WriteLine("stopping");
        console.Out.Flush();
        return ExitCode.Ok;
    }

    private static void Tell(string folder, ServedFolder served, CliConsole console)
    {
        console.Out.WriteLine($"serving {folder} at {served.Server.EndPoint}");
        if (served.Server.MetricsEndPoint is { } metrics)
            console.Out.WriteLine($"metrics and health: http://{metrics}/metrics, /healthz, /readyz, /status");
        console.Out.WriteLine($"connect with: ferrisdb shell {served.ClusterFilePath}");
        console.Out.WriteLine($"in a program: Database.Connect(\"{served.ClusterFilePath}\")");
        console.Out.WriteLine($"or by: {served.ConnectionString}");
        console.Out.Flush();
    }
}
