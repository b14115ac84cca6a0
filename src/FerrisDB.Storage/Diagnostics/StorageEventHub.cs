namespace FerrisDB.Storage;

/// <summary>Hands events to whoever listens, on the thread on which they happen.</summary>
internal sealed class StorageEventHub
{
    /// <summary>Listeners must be quick and must not throw.</summary>
    public event Action<StorageEvent>? Raised;

    public void Raise(StorageEvent storageEvent) => Raised?.Invoke(storageEvent);
}
