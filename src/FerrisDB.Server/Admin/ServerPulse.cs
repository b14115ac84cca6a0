namespace FerrisDB.Server;

/// <summary>Looks at a server once a second, so that rates and latencies are those of the last seconds.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServerPulse(RoleActivity activity, TimeProvider clock) : IDisposable
{
    private const int BeatsKept = 10;
    private const int BeatsPerTurn = 30;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly IdleMemory _idle = new(activity);
    private readonly Lock _gate = new();

    // Under the gate.
    private readonly Queue<Beat> _beats = new();

    /// <summary>What was counted in the last seconds.</summary>
    public RoleRates Rates
    {
        get
        {
            var oldest = Oldest();
            var over = oldest.At == 0 ? TimeSpan.Zero : clock.GetElapsedTime(oldest.At);
            return RoleRates.Between(oldest.Counts, activity.Counts, over);
        }
    }

    /// <summary>Cores that the process used in the last seconds.</summary>
    public double CpuCores
    {
        get
        {
            var oldest = Oldest();
            var elapsed = oldest.At == 0 ? TimeSpan.Zero : clock.GetElapsedTime(oldest.At);
            return elapsed <= TimeSpan.Zero ? 0 : (Environment.CpuUsage.TotalTime - oldest.Cpu) / elapsed;
        }
    }

    /// <summary>Begins to look.</summary>
    public void Start() => _ = BeatAsync();

    public void Dispose() => _stop.Cancel();

    /// <summary>Looks once.</summary>
    public void Look()
    {
        var beat = new Beat(clock.GetTimestamp(), activity.Counts, Environment.CpuUsage.TotalTime);
        lock (_gate)
        {
            _beats.Enqueue(beat);
            if (_beats.Count > BeatsKept)
                _beats.Dequeue();
        }
    }

    /// <summary>Lets go what is older than the last time that this was called.</summary>
    public void Turn()
    {
        activity.ReadVersions.Turn();
        activity.Reads.Turn();
        activity.Commits.Turn();
        activity.HotReads.Turn();
        activity.HotWrites.Turn();
    }

    private Beat Oldest()
    {
        lock (_gate)
            return _beats.TryPeek(out var oldest) ? oldest : default;
    }

    private async Task BeatAsync()
    {
        for (var beat = 0; ; beat++)
        {
            if (beat > 0 && beat % BeatsPerTurn == 0)
            {
                Turn();
                _idle.Look();
            }
            Look();
            try
            {
                await Task.Delay(Step, clock, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private readonly record struct Beat(long At, RoleCounts Counts, TimeSpan Cpu);
}
