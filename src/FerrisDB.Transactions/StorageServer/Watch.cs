namespace FerrisDB.Transactions;

/// <summary>Somebody who waits until a key has another value than the one that was seen.</summary>
internal sealed class Watch
{
    private readonly TaskCompletionSource _changed;
    private Watch? _behind;

    public Watch(byte[] key, byte[]? seen)
        : this(key, seen, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    private Watch(byte[] key, byte[]? seen, TaskCompletionSource changed) =>
        (Key, Seen, _changed) = (key, seen, changed);

    public byte[] Key { get; }

    /// <summary>The value that was seen, or null for an absent key.</summary>
    public byte[]? Seen { get; }

    /// <summary>The number under which its client finds it, if it waits at a server; its client's own.</summary>
    public ulong RequestId { get; set; }

    /// <summary>Completes when the key has changed, or fails.</summary>
    public Task Changed => _changed.Task;

    /// <summary>The same watch as it is known where its key has a prefix: what ends one ends the other.</summary>
    public Watch Behind(byte[] prefix)
    {
        if (Volatile.Read(ref _behind) is { } known)
            return known;
        var behind = new Watch([.. prefix, .. Key], Seen, _changed);
        return Interlocked.CompareExchange(ref _behind, behind, null) ?? behind;
    }

    /// <summary>True if the key has another value now.</summary>
    public bool Differs(byte[]? now) =>
        now is null ? Seen is not null : Seen is null || !now.AsSpan().SequenceEqual(Seen);

    public bool Fire() => _changed.TrySetResult();

    public bool Fail(FerrisException error) => _changed.TrySetException(error);
}
