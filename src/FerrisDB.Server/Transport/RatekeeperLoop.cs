namespace FerrisDB.Server;

/// <summary>Looks how storage follows, and lets those start who wait.</summary>
internal sealed class RatekeeperLoop(RoleServer roles, ServerOptions options) : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdleStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseStep = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();

    public void Start() => _ = RunAsync();

    public void Dispose() => _stop.Cancel();

    private async Task RunAsync()
    {
        var clock = options.TimeProvider;
        var (released, looked) = (clock.GetTimestamp(), clock.GetTimestamp());
        var (wait, started) = (Step, 0L);
        while (true)
        {
            try
            {
                await Task.Delay(wait, clock, _stop.Token);
                var now = clock.GetTimestamp();
                roles.Tags.Release(clock.GetElapsedTime(released, now).TotalSeconds, now);
                roles.Starts.Release(clock.GetElapsedTime(released, now).TotalSeconds);
                released = now;
                var elapsed = clock.GetElapsedTime(looked, now);
                if (options.HasRateLimit && elapsed >= Step)
                {
                    roles.KeepRate(elapsed.TotalSeconds);
                    looked = now;
                }
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            var isIdle = started == roles.Starts.Started && roles.CommitsWaiting == 0;
            started = roles.Starts.Started;
            wait = !roles.Starts.IsFree || !roles.Tags.IsEmpty ? ReleaseStep : isIdle ? IdleStep : Step;
        }
    }
}
