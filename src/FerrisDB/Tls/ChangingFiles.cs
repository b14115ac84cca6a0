namespace FerrisDB;

/// <summary>What some files say, read again when one of them has changed.</summary>
/// <remarks>
/// Thread-safe. Looks at the files at most once a second, when somebody asks. While they cannot be read, or one of them
/// does not fit to another yet, what they said before counts, and they are tried again.
/// </remarks>
internal sealed class ChangingFiles<T>(IReadOnlyList<string> paths, Func<T> read, TimeProvider clock)
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Under the gate.
    private string _stamp = "";
    private string? _failedStamp;
    private long _failedAt;
    private T? _current;
    private long _lookedAt;

    /// <summary>Told under a lock that they were read again, or, once for each content, why they were not.</summary>
    public Action<FerrisException?>? Reread { get; set; }

    /// <summary>What they say now.</summary>
    /// <exception cref="FerrisException">They could not be read the first time.</exception>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                if (_current is null)
                    (_stamp, _current, _lookedAt) = (Stamp(), read(), clock.GetTimestamp());
                else if (paths.Count > 0 && clock.GetElapsedTime(_lookedAt) >= LookEvery)
                    Look();
                return _current;
            }
        }
    }

    /// <summary>As <see cref="Current"/>, and looks at the files in any case.</summary>
    public T CurrentNow
    {
        get
        {
            lock (_gate)
            {
                if (_current is not null && paths.Count > 0)
                    Look();
            }
            return Current;
        }
    }

    private void Look()
    {
        _lookedAt = clock.GetTimestamp();
        var stamp = Stamp();
        if (stamp == _stamp)
            return;
        // Whoever makes others look, by tokens that nobody knows, must not make them read the same nonsense each time.
        if (stamp == _failedStamp && clock.GetElapsedTime(_failedAt) < LookEvery)
            return;
        try
        {
            _current = read();
            _stamp = stamp;
            _failedStamp = null;
            Reread?.Invoke(null);
        }
        catch (FerrisException failure)
        {
            var isTold = stamp == _failedStamp;
            (_failedStamp, _failedAt) = (stamp, clock.GetTimestamp());
            if (!isTold)
                Reread?.Invoke(failure);
        }
    }

    private string Stamp() => string.Join('|', paths.Select(FileMark.Of));
}
