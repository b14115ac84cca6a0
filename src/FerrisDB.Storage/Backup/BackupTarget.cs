namespace FerrisDB.Storage;

/// <summary>
/// A place that holds backups of a database: make one with <see cref="StorageEngine.BackupAsync"/>, then list, verify,
/// prune and restore them here.
/// </summary>
/// <remarks>
/// Thread-safe: each call locks the place, for itself if it changes something, with other readers if not. A place is
/// for the backups of one database; those of others in it would be kept apart correctly, but list and prune see one row
/// of backups. Encrypted or not is decided by the first backup.
/// </remarks>
public sealed class BackupTarget
{
    private readonly IBackupStore _store;
    private readonly BackupCipher? _cipher;
    private readonly IFileSystem _disk = new DiskFileSystem();

    /// <summary>Backups in a folder, which need not exist yet.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="key">Encrypts the backups with AES-256-GCM; null does not.</param>
    public BackupTarget(string folder, BackupKey? key = null)
        : this(new FolderBackupStore(folder), key)
    {
    }

    /// <summary>Backups in any store.</summary>
    /// <param name="store">Where; it is not disposed.</param>
    /// <param name="key">Encrypts the backups with AES-256-GCM; null does not.</param>
    public BackupTarget(IBackupStore store, BackupKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _cipher = key is null ? null : new BackupCipher(key);
    }

    internal BackupTarget(IBackupStore store, IFileSystem disk, BackupKey? key = null)
        : this(store, key) => _disk = disk;

    /// <summary>The place, for messages.</summary>
    public string Location => _store.Location;

    /// <summary>All backups, oldest first. One that is damaged is among them, and says so.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileNotFound"/>: there are none. <see cref="ErrorCode.InvalidEncryptionKeyFile"/>.
    /// <see cref="ErrorCode.FolderLocked"/>: a backup is being made. <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public async ValueTask<IReadOnlyList<BackupInfo>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var held = await _store.LockAsync(exclusive: false, cancellationToken);
        return (await OpenExistingAsync(cancellationToken)).Infos;
    }

    /// <summary>Reads every byte of the backups and compares all hashes. Damage never throws.</summary>
    /// <param name="backupId">The one to verify; null verifies all.</param>
    /// <param name="progress">Called on this thread about once for each mebibyte.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    /// <exception cref="FerrisException">
    /// As <see cref="ListAsync"/>; <see cref="ErrorCode.BackupDoesNotExist"/>.
    /// <see cref="ErrorCode.FileCorrupt"/>: the header is damaged, and nothing can be read.
    /// </exception>
    public async ValueTask<BackupVerifyReport> VerifyAsync(
        string? backupId = null,
        Action<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await using var held = await _store.LockAsync(exclusive: false, cancellationToken);
        var catalog = await OpenExistingAsync(cancellationToken);
        return await new BackupVerification(catalog, cancellationToken).RunAsync(backupId, progress);
    }

    /// <summary>
    /// Removes old backups and what no other one needs, also what interrupted ones have left. If it is interrupted, run
    /// it again.
    /// </summary>
    /// <exception cref="FerrisException">
    /// As <see cref="ListAsync"/>. <see cref="ErrorCode.FileCorrupt"/>: a backup cannot be read, and may need anything;
    /// nothing was removed.
    /// </exception>
    public async ValueTask<PruneResult> PruneAsync(
        BackupRetention retention, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retention);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention.Newest, 1);
        // A place that is not there must not be created by looking at it.
        await using (await _store.LockAsync(exclusive: false, cancellationToken))
            await OpenExistingAsync(cancellationToken);
        await using var held = await _store.LockAsync(exclusive: true, cancellationToken);
        var catalog = await OpenExistingAsync(cancellationToken);
        return await new BackupPruning(catalog, cancellationToken).RunAsync(retention);
    }

    /// <summary>
    /// Makes a database of a backup, as it was at a version or time. Until all of it is there and durable, there is no
    /// database in the folder. If it is interrupted, run it again: it goes on where it stopped.
    /// </summary>
    /// <param name="folder">A folder that does not exist or is empty, or that the same restore has begun.</param>
    /// <param name="options">What to restore; null takes the newest backup, all of it.</param>
    /// <param name="cancellationToken">Ends it early, with an exception; run it again to go on.</param>
    /// <exception cref="ArgumentException">A version and a time are given.</exception>
    /// <exception cref="FerrisException">
    /// As <see cref="ListAsync"/>. <see cref="ErrorCode.RestoreDestinationNotEmpty"/>,
    /// <see cref="ErrorCode.RestoreInvalidVersion"/>, <see cref="ErrorCode.BackupDoesNotExist"/>,
    /// <see cref="ErrorCode.DiskFull"/>. <see cref="ErrorCode.FileCorrupt"/>: the backup is damaged; the message names
    /// the file.
    /// </exception>
    public async ValueTask<RestoreResult> RestoreAsync(
        string folder, RestoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new RestoreOptions();
        if (options is { Version: not null, Time: not null })
            throw new ArgumentException("Give a version or a time, not both.", nameof(options));
        await using var held = await _store.LockAsync(exclusive: false, cancellationToken);
        var catalog = await OpenExistingAsync(cancellationToken);
        var (backup, version) = RestoreChoice.Of(catalog, options);
        var run = new RestoreRun(
            catalog.Objects, backup, _disk, folder, version, options.Progress, cancellationToken);
        return await run.RunAsync();
    }

    /// <summary>Makes a backup of an open engine: see <see cref="StorageEngine.BackupAsync"/>.</summary>
    internal ValueTask<BackupResult> CreateAsync(
        StorageEngine engine, BackupOptions options, CancellationToken cancellationToken) => CreateAsync(
            () => EngineBackup.TakeAsync(engine, options.Clock), engine.Tree.Files, options, cancellationToken);

    /// <summary>Makes a backup of what a function holds for it, which is asked when the target is locked.</summary>
    internal ValueTask<BackupResult> CreateAsync(
        Func<ValueTask<BackupOrigin>> take, BackupOptions options, CancellationToken cancellationToken) =>
        CreateAsync(take, _disk, options, cancellationToken);

    private async ValueTask<BackupResult> CreateAsync(
        Func<ValueTask<BackupOrigin>> take, IFileSystem disk, BackupOptions options,
        CancellationToken cancellationToken)
    {
        await using var held = await _store.LockAsync(exclusive: true, cancellationToken);
        var catalog = await BackupCatalog.OpenAsync(_store, _cipher, cancellationToken);
        await using var origin = await take();
        return await BackupRun.RunAsync(origin, catalog, disk, options.Progress, cancellationToken);
    }

    /// <summary>Keeps the log of a database here, until it is cancelled.</summary>
    /// <param name="archive">The database; it is disposed.</param>
    /// <param name="disk">Where its files are; null if they are not in this process.</param>
    /// <param name="options">How.</param>
    /// <param name="clock">Waits from one step to the next.</param>
    /// <param name="cancellationToken">Ends it; that is no error.</param>
    internal async ValueTask ArchiveAsync(
        ILogArchive archive, IFileSystem? disk, ArchiveOptions options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var held = archive;
        options.Validate();
        var archiving = new Archiving(archive, options);
        try
        {
            while (true)
            {
                await StepAsync(archiving, disk ?? _disk, options, cancellationToken);
                await Task.Delay(options.Interval, clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was stored by then counts.
        }
    }

    private async ValueTask StepAsync(
        Archiving archiving, IFileSystem disk, ArchiveOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var held = await _store.LockAsync(exclusive: true, cancellationToken);
            var catalog = await BackupCatalog.OpenAsync(_store, _cipher, cancellationToken);
            await archiving.StepAsync(catalog, disk, cancellationToken);
        }
        catch (FerrisException error) when (error.Code is ErrorCode.ConnectionFailed or ErrorCode.TimedOut
            or ErrorCode.FolderLocked)
        {
            options.Failed?.Invoke(error);
        }
    }

    private async ValueTask<BackupCatalog> OpenExistingAsync(CancellationToken cancellationToken)
    {
        var catalog = await BackupCatalog.OpenAsync(_store, _cipher, cancellationToken);
        return catalog.IsNew ? throw FolderBackupStore.NoBackups(Location) : catalog;
    }
}
