namespace FerrisDB.Transactions;

/// <summary>Somebody who waits until a key has another value than the one that was seen.</summary>
internal sealed class Watch(byte[] key, byte[]? seen)
{
    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Key => key;

    /// <summary>The value that was seen, or null for an absent key.</summary>
    public byte[]? Seen => seen;

    /// <summary>The number under which its client finds it, if it waits at a server; its client's own.</summary>
    public ulong RequestId { get; set; }

    /// <summary>Completes when the key has changed, or fails.</summary>
    public Task Changed => _changed.Task;

    /// <summary>True if the key has another value now.</summary>
    public bool Differs(byte[]? now) =>
        now is null ? seen is not null : seen is null || !now.AsSpan().SequenceEqual(seen);

    public bool Fire() => _changed.TrySetResult();

    public bool Fail(FerrisException error) => _changed.TrySetException(error);
}
