namespace FerrisDB.Transactions;

/// <summary>The folders that this process has open, so that a second opener shares the first one's roles.</summary>
/// <remarks>
/// Thread-safe. Opening and closing wait for each other: whoever opens a folder that is being closed opens it anew
/// afterwards, instead of being told that it is locked.
/// </remarks>
internal static class OpenFolders
{
    private static readonly SemaphoreSlim Turn = new(1, 1);

    // Under the semaphore.
    private static readonly Dictionary<FolderIdentity, SharedRoles> ByFolder = [];

    /// <summary>Opens a folder, or takes part in the roles that have it open; release them.</summary>
    public static async ValueTask<SharedRoles> OpenAsync(string folder, StorageOptions options, RoleOptions roleOptions)
    {
        // A folder of a disk of somebody's own, a simulated one, is not to be found by its path.
        if (options.FileSystem is not null)
            return new SharedRoles(null, await EmbeddedRoles.OpenAsync(folder, options, roleOptions));
        await Turn.WaitAsync();
        try
        {
            if (FolderIdentity.Of(folder) is { } known && ByFolder.TryGetValue(known, out var open))
            {
                open.Holders++;
                return open;
            }
            var roles = await EmbeddedRoles.OpenAsync(folder, options, roleOptions);
            var shared = new SharedRoles(FolderIdentity.Of(folder), roles);
            if (shared.Identity is { } created)
                ByFolder.Add(created, shared);
            return shared;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Opens an empty database in memory, which nobody shares.</summary>
    public static async ValueTask<SharedRoles> OpenInMemoryAsync(StorageOptions options, RoleOptions roleOptions) =>
        new(null, await EmbeddedRoles.OpenInMemoryAsync(options, roleOptions));

    /// <summary>Closes the roles when the last opener has released them.</summary>
    public static async ValueTask ReleaseAsync(SharedRoles shared)
    {
        if (shared.Identity is not { } identity)
        {
            await shared.Roles.DisposeAsync();
            return;
        }
        await Turn.WaitAsync();
        try
        {
            if (--shared.Holders > 0)
                return;
            ByFolder.Remove(identity);
            await shared.Roles.DisposeAsync();
        }
        finally
        {
            Turn.Release();
        }
    }
}
