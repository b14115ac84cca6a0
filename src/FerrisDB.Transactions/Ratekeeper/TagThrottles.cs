namespace FerrisDB.Transactions;

// A transaction with tags first waits for its tag, then like any other:
//
//     tagged ──► the slowest of its throttled tags ──► StartQueue ──► start
//     others ────────────────────────────────────────►
//
// Who is of immediate priority waits for nothing.

/// <summary>The tags that are throttled, by an operator or by the server itself.</summary>
/// <remarks>Thread-safe. What operators say is kept elsewhere for the next server.</remarks>
internal sealed class TagThrottles
{
    /// <summary>Tags that can be throttled at once.</summary>
    public const int Max = 100;

    private readonly Lock _gate = new();

    // Replaced whole under the gate, read by all.
    private volatile TagThrottle[] _all = [];
    private bool _isClosed;

    /// <summary>What is asked for by tags that may be throttled without an operator.</summary>
    public TagUsage Usage { get; } = new();

    /// <summary>Those that count now.</summary>
    public IReadOnlyList<TagThrottle> All => _all;

    public bool IsEmpty => _all.Length == 0;

    /// <summary>The throttle of a tag; null if there is none.</summary>
    public TagThrottle? Find(ReadOnlySpan<byte> tag)
    {
        foreach (var each in _all)
        {
            if (tag.SequenceEqual(each.Tag))
                return each;
        }
        return null;
    }

    /// <summary>Throttles a tag from now on, or otherwise than before. False if there are too many.</summary>
    public bool TrySet(TagThrottle throttle)
    {
        TagThrottle? before;
        lock (_gate)
        {
            before = Find(throttle.Tag);
            if ((before is null && _all.Length >= Max) || _isClosed)
                return false;
            _all = [.. _all.Where(each => each != before), throttle];
        }
        before?.End();
        return true;
    }

    /// <summary>Ends throttles. Returns how many there were.</summary>
    public int Remove(Func<TagThrottle, bool> isMeant)
    {
        TagThrottle[] ended;
        lock (_gate)
        {
            ended = [.. _all.Where(isMeant)];
            if (ended.Length > 0)
                _all = [.. _all.Except(ended)];
        }
        foreach (var each in ended)
            each.End();
        return ended.Length;
    }

    /// <summary>Some time has passed: starts those whose time has come, and ends throttles that are over.</summary>
    public void Release(double elapsedSeconds, long now)
    {
        if (IsEmpty)
            return;
        foreach (var each in _all)
            each.Release(elapsedSeconds);
        Remove(each => now >= each.EndsAt);
    }

    /// <summary>Nothing starts any more.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
        foreach (var each in _all)
            each.Close();
    }
}
