namespace FerrisDB.Storage;

/// <summary>All backups of a target, as they were when it was opened. Whoever uses it has the target locked.</summary>
internal sealed class BackupCatalog
{
    private readonly List<BackupManifest> _manifests = [];
    private readonly List<(string Id, FerrisException Error)> _damaged = [];

    private BackupCatalog(BackupObjects objects, bool isNew)
    {
        Objects = objects;
        IsNew = isNew;
    }

    public BackupObjects Objects { get; }

    /// <summary>There is nothing in the target yet, not even a header.</summary>
    public bool IsNew { get; }

    /// <summary>Those that can be read, oldest first.</summary>
    public IReadOnlyList<BackupManifest> Manifests => _manifests;

    /// <summary>Those that cannot, and why.</summary>
    public IReadOnlyList<(string Id, FerrisException Error)> Damaged => _damaged;

    /// <summary>The name of the next backup.</summary>
    public string NextId
    {
        get
        {
            var numbers = _manifests.Select(manifest => manifest.Id).Concat(_damaged.Select(each => each.Id))
                .Select(id => BackupLayout.NumberOf(id) ?? 0);
            return BackupLayout.IdOf(numbers.DefaultIfEmpty().Max() + 1);
        }
    }

    /// <summary>All backups, oldest first, with what is wrong with them.</summary>
    public IReadOnlyList<BackupInfo> Infos =>
    [
        .. _manifests.Select(BackupInfo.Of)
            .Concat(_damaged.Select(each => new BackupInfo { Id = each.Id, Damage = each.Error.Message }))
            .OrderBy(info => info.Id, StringComparer.Ordinal),
    ];

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidEncryptionKeyFile"/>; <see cref="ErrorCode.FileCorrupt"/>: the header is damaged or
    /// lost.
    /// </exception>
    public static async ValueTask<BackupCatalog> OpenAsync(
        IBackupStore store, BackupCipher? cipher, CancellationToken cancellationToken)
    {
        var objects = new BackupObjects(store, cipher);
        var backups = await store.ListAsync(BackupLayout.Backups, cancellationToken);
        var header = await ReadHeaderAsync(objects, cancellationToken);
        if (header is null && backups.Count > 0)
        {
            throw FerrisException.CorruptBackup(
                objects.PathOf(BackupLayout.Header), 0, "the header of the backups beside it", "no such file");
        }
        header?.CheckKey(store.Location, cipher);
        var catalog = new BackupCatalog(objects, isNew: header is null);
        foreach (var (id, _) in backups)
        {
            if (BackupLayout.NumberOf(id) is not null)
                await catalog.AddAsync(id, cancellationToken);
        }
        return catalog;
    }

    /// <summary>The backup of a name.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.BackupDoesNotExist"/>; <see cref="ErrorCode.FileCorrupt"/>: it cannot be read.
    /// </exception>
    public BackupManifest Find(string id)
    {
        foreach (var (damagedId, error) in _damaged)
        {
            if (damagedId == id)
                throw error;
        }
        return _manifests.Find(manifest => manifest.Id == id) ?? throw new FerrisException(
            ErrorCode.BackupDoesNotExist,
            $"There is no backup {id} in {Objects.Store.Location}. "
                + (_manifests.Count == 0
                    ? "There is none at all."
                    : $"There are {_manifests.Count}, from {_manifests[0].Id} to {_manifests[^1].Id}."));
    }

    /// <summary>A backup was made.</summary>
    public void Add(BackupManifest backup) => _manifests.Add(backup);

    /// <summary>A backup was removed.</summary>
    public void Remove(BackupManifest backup) => _manifests.Remove(backup);

    private static async ValueTask<BackupHeader?> ReadHeaderAsync(
        BackupObjects objects, CancellationToken cancellationToken)
    {
        await using var content = await objects.Store.OpenReadAsync(BackupLayout.Header, cancellationToken);
        if (content is null)
            return null;
        var path = objects.PathOf(BackupLayout.Header);
        return BackupHeader.Parse(path, await BackupObjects.ReadAllAsync(content, path, cancellationToken));
    }

    // One that is damaged does not keep the others from being used.
    private async ValueTask AddAsync(string id, CancellationToken cancellationToken)
    {
        var name = BackupLayout.ManifestOf(id);
        try
        {
            var content = await Objects.ReadAsync(name, cancellationToken);
            _manifests.Add(BackupManifest.Parse(Objects.PathOf(name), id, content));
        }
        catch (FerrisException error) when (error.Code is ErrorCode.FileCorrupt or ErrorCode.FormatTooNew)
        {
            _damaged.Add((id, error));
        }
    }
}
