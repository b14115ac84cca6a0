namespace FerrisDB.Storage;

// An object is written as NAME.tmp, synced, renamed, and its folder synced. What a crash leaves half done is deleted by
// whoever locks the folder next to change something.

/// <summary>Backups in a folder.</summary>
public sealed class FolderBackupStore : IBackupStore
{
    private const string TemporarySuffix = ".tmp";

    private readonly IFileSystem _files;
    private readonly string _folder;

    /// <summary>A folder that need not exist yet.</summary>
    /// <param name="folder">Its path.</param>
    public FolderBackupStore(string folder)
        : this(new DiskFileSystem(), folder)
    {
    }

    internal FolderBackupStore(IFileSystem files, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _files = files;
        _folder = folder;
    }

    /// <summary>
    /// Takes files of the database by hard link where they are on the same disk: at once, and without space. What
    /// damages the file there damages it here. Not if the backups are encrypted. Default: false.
    /// </summary>
    public bool LinksFiles { get; init; }

    /// <inheritdoc/>
    public string Location => _folder;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The folder has files that are no backups.</exception>
    public async ValueTask<IAsyncDisposable> LockAsync(bool exclusive, CancellationToken cancellationToken = default)
    {
        if (!_files.DirectoryExists(_folder) && !exclusive)
            throw NoBackups(_folder);
        RefuseForeignFiles(exclusive);
        if (exclusive)
            await CreateFoldersAsync();
        var held = new FolderLock(_files.Lock(PathOf(BackupLayout.Lock), exclusive));
        if (!exclusive)
            return held;
        try
        {
            foreach (var folder in new[] { "", BackupLayout.Objects, BackupLayout.Backups })
                await DeleteTemporaryAsync(folder);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredObject>> ListAsync(
        string folder, CancellationToken cancellationToken = default)
    {
        var path = PathOf(folder);
        if (!_files.DirectoryExists(path))
            return ValueTask.FromResult<IReadOnlyList<StoredObject>>([]);
        var objects = new List<StoredObject>();
        foreach (var name in _files.List(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal) || name == BackupLayout.Lock)
                continue;
            using var file = _files.Open(Path.Combine(path, name), FileAccess.Read);
            objects.Add(new StoredObject(name, file.Length));
        }
        return ValueTask.FromResult<IReadOnlyList<StoredObject>>(objects);
    }

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!_files.FileExists(PathOf(name)))
            return ValueTask.FromResult<Stream?>(null);
        var file = _files.Open(PathOf(name), FileAccess.Read);
        return ValueTask.FromResult<Stream?>(new FileContentStream(file, file.Length));
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        string name, Stream content, long sizeBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(name);
        var temporary = path + TemporarySuffix;
        using (var file = _files.Create(temporary))
        {
            var written = await StreamCopy.ToFileAsync(content, file, null, cancellationToken);
            if (written != sizeBytes)
                throw new ArgumentException($"{sizeBytes} bytes were promised, and {written} came.", nameof(content));
#if FERRIS_CHECKED
            if (SeededBugs.Active != SeededBug.BackupSkipsSync)
#endif
                await file.SyncAsync();
        }
        _files.Rename(temporary, path);
        await _files.SyncDirectoryAsync(FolderOf(path));
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        _files.Delete(PathOf(name));
        await _files.SyncDirectoryAsync(FolderOf(PathOf(name)));
    }

    /// <summary>Gives a file of the same disk a second name here; false where that is not possible.</summary>
    internal async ValueTask<bool> TryLinkAsync(IFileSystem source, string path, string name)
    {
        var isSameSystem = ReferenceEquals(source, _files) || (source is DiskFileSystem && _files is DiskFileSystem);
        if (!isSameSystem)
            return false;
        // What is there has another size, or it would not be asked for.
        if (_files.FileExists(PathOf(name)))
            _files.Delete(PathOf(name));
        if (!_files.TryLink(path, PathOf(name)))
            return false;
        await _files.SyncDirectoryAsync(FolderOf(PathOf(name)));
        return true;
    }

    internal static FerrisException NoBackups(string location) =>
        new(ErrorCode.FileNotFound, $"There are no backups in {location}. Check the path.");

    // Above all the folder of a database, given in the wrong place.
    private void RefuseForeignFiles(bool exclusive)
    {
        if (!_files.DirectoryExists(_folder) || _files.FileExists(PathOf(BackupLayout.Header)))
            return;
        var foreign = _files.List(_folder).FirstOrDefault(name =>
            name != BackupLayout.Lock && !name.EndsWith(TemporarySuffix, StringComparison.Ordinal));
        if (foreign is null)
            return;
        if (!exclusive)
            throw NoBackups(_folder);
        var what = _files.FileExists(PathOf(FileNames.Current)) ? "a database" : $"other files, such as {foreign}";
        throw new ArgumentException($"{_folder} holds no backups, but {what}. Backups take a folder of their own.");
    }

    private async ValueTask CreateFoldersAsync()
    {
        foreach (var folder in new[] { _folder, PathOf(BackupLayout.Objects), PathOf(BackupLayout.Backups) })
        {
            // Also one that is there: who created it may have been killed before the sync.
            _files.CreateDirectory(folder);
            await _files.SyncDirectoryAsync(FolderOf(Path.TrimEndingDirectorySeparator(folder)));
        }
    }

    private async ValueTask DeleteTemporaryAsync(string folder)
    {
        var isAnyDeleted = false;
        foreach (var name in _files.List(PathOf(folder)))
        {
            if (!name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
                continue;
            _files.Delete(Path.Combine(PathOf(folder), name));
            isAnyDeleted = true;
        }
        if (isAnyDeleted)
            await _files.SyncDirectoryAsync(PathOf(folder));
    }

    private string PathOf(string name) => name.Length == 0 ? _folder : Path.Combine(_folder, name);

    private static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";

    private sealed class FolderLock(IDisposable held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
