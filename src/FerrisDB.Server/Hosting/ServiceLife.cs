namespace FerrisDB.Server;

/// <summary>A server that is started and stopped by calls, each of which lasts until that is done.</summary>
/// <remarks>
/// This is what Windows asks of a service. Whoever calls believes in a service that asks for more time again and
/// again, and ends one that is silent. Thread-safe.
/// </remarks>
internal sealed class ServiceLife(Func<IServiceHost, ValueTask<int>> serve) : IServiceHost
{
    // A call asks for more time so often, and for twice as much.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<int>? _served;

    public Task StopWanted => _stop.Task;

    public bool HasEventLog => OperatingSystem.IsWindows();

    /// <summary>Completes when it has ended, well or not; never fails.</summary>
    public Task Ended => _served is null ? Task.CompletedTask : Task.WhenAny(_served);

    /// <summary>Why it ended before its time or badly; null if it did not.</summary>
    public Exception? Failure => _served?.Exception?.InnerException;

    /// <summary>What it ended with; null as long as it runs, or if it failed.</summary>
    public int? ExitCode => _served is { IsCompletedSuccessfully: true } ended ? ended.Result : null;

    /// <summary>Starts the server and returns when it serves, or throws why it does not.</summary>
    /// <param name="moreTime">Is told how long the caller should go on waiting.</param>
    public void Start(Action<TimeSpan> moreTime)
    {
        _served = ServeAsync();
        Await(Task.WhenAny(_ready.Task, _served), moreTime);
        if (_served.IsCompleted)
            _served.GetAwaiter().GetResult();
    }

    /// <summary>Stops the server in order and returns when its database is closed; does not throw.</summary>
    /// <param name="moreTime">Is told how long the caller should go on waiting.</param>
    public void Stop(Action<TimeSpan> moreTime)
    {
        _stop.TrySetResult();
        Await(Ended, moreTime);
    }

    void IServiceHost.Ready(string status, Func<Task> answer) => _ready.TrySetResult();

    void IServiceHost.Stopping()
    {
    }

    // Not in the caller's turn: to recover may take long, and meanwhile it asks for more time.
    private async Task<int> ServeAsync()
    {
        await Task.Yield();
        return await serve(this);
    }

    private static void Await(Task task, Action<TimeSpan> moreTime)
    {
        do
            moreTime(Patience * 2);
        while (!task.Wait(Patience));
    }
}
