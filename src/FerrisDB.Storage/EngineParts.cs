namespace FerrisDB.Storage;

/// <summary>What an open engine is made of, and the order in which it is taken apart.</summary>
internal sealed class EngineParts : IAsyncDisposable
{
    public required LsmTree Tree { get; init; }

    /// <summary>Null when opened read-only.</summary>
    public required WalWriter? Wal { get; init; }

    /// <summary>Null when opened read-only.</summary>
    public required GroupCommit? Commits { get; init; }

    /// <summary>Null when opened read-only.</summary>
    public required ManifestLog? Manifest { get; init; }

    /// <summary>Those of the manifest; they do not change while it is open.</summary>
    public required IReadOnlyList<string> Marks { get; init; }

    public required BlockCache BlockCache { get; init; }

    public required OpenCursorPool Cursors { get; init; }

    public required IDisposable FolderLock { get; init; }

    /// <summary>The scheduler, if the engine made it itself.</summary>
    public required IDisposable? OwnScheduler { get; init; }

    /// <summary>
    /// Writes end first, then background work, then the log gets its end mark; memory goes when its last reader is
    /// gone, and the folder is free when no file of it is open any more. A write that is stalled is refused: the flush
    /// that it waits for may never come. What fails on the way is thrown when all else is done.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Tree.BeginClose();
        try
        {
            await EndWritesAsync();
        }
        finally
        {
            Tree.Dispose();
            await LeaveFolderAsync();
        }
    }

    private async ValueTask EndWritesAsync()
    {
        try
        {
            if (Commits is not null)
                await Commits.CloseAsync();
        }
        finally
        {
            OwnScheduler?.Dispose();
            if (Wal is not null)
                await Wal.CloseAsync(cutsFile: Tree.Failure is null);
        }
    }

    private async ValueTask LeaveFolderAsync()
    {
        try
        {
            if (Manifest is not null)
                await Manifest.DisposeAsync();
        }
        finally
        {
            Cursors.Release();
            FolderLock.Dispose();
        }
    }
}
