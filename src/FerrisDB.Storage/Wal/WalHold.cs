namespace FerrisDB.Storage;

/// <summary>While it is held, no segment of the log is released, renamed or written to from the start again.</summary>
internal sealed class WalHold(IReadOnlyList<WalSegmentInfo> segments, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>The segments at the time of the call; what each holds up to its end does not change any more.</summary>
    public IReadOnlyList<WalSegmentInfo> Segments => segments;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
