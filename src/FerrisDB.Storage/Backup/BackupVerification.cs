namespace FerrisDB.Storage;

/// <summary>Reads every byte of backups, each object once, and compares its hash with those that name it.</summary>
internal sealed class BackupVerification(BackupCatalog catalog, CancellationToken cancellation)
{
    private readonly List<VerifyFinding> _findings = [];
    private int _objectsRead;
    private long _bytesRead;

    /// <param name="id">The backup to verify; null verifies all, and tells what no backup needs.</param>
    /// <param name="progress">Told how far it is.</param>
    public async ValueTask<BackupVerifyReport> RunAsync(string? id, Action<BackupProgress>? progress)
    {
        IReadOnlyList<BackupManifest> backups = id is null ? catalog.Manifests : [catalog.Find(id)];
        if (id is null)
        {
            foreach (var (damagedId, error) in catalog.Damaged)
                Add(BackupLayout.ManifestOf(damagedId), error);
        }
        var files = backups.SelectMany(backup => backup.Files).DistinctBy(file => file.Hash).ToList();
        var counter = new ProgressCounter(progress, files.Sum(file => file.SizeBytes));
        foreach (var file in files)
            await VerifyAsync(file, backups, counter);
        if (id is null)
            await NoteUnneededAsync(files);
        return new BackupVerifyReport(
            id is null ? catalog.Infos : [BackupInfo.Of(backups[0])], _objectsRead, _bytesRead, _findings);
    }

    private async ValueTask VerifyAsync(
        BackupFile file, IReadOnlyList<BackupManifest> backups, ProgressCounter counter)
    {
        var name = BackupLayout.ObjectOf(catalog.Objects.NameOf(file.Hash));
        counter.Begin(name);
        try
        {
            await using var content = await catalog.Objects.OpenAsync(name, cancellation);
            var (hash, sizeBytes) = await StreamCopy.HashAsync(content, cancellation, counter.Add);
            _objectsRead++;
            _bytesRead += sizeBytes;
            if (hash != file.Hash || sizeBytes != file.SizeBytes)
            {
                throw FerrisException.CorruptBackup(
                    catalog.Objects.PathOf(name), 0, $"{file.SizeBytes} bytes with SHA-256 {file.Hash}",
                    $"{sizeBytes} with {hash}");
            }
        }
        catch (FerrisException error) when (error.Code is ErrorCode.FileCorrupt or ErrorCode.FormatTooNew)
        {
            var users = backups.Where(backup => backup.Files.Any(each => each.Hash == file.Hash));
            Add(name, error, $", which is {file.Name} of backup {string.Join(", ", users.Select(user => user.Id))}");
        }
    }

    private void Add(string name, FerrisException error, string whose = "") =>
        _findings.Add(new VerifyFinding(name, error.Offset, error.Problem + whose));

    private async ValueTask NoteUnneededAsync(List<BackupFile> files)
    {
        var needed = files.Select(file => catalog.Objects.NameOf(file.Hash)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, _) in await catalog.Objects.Store.ListAsync(BackupLayout.Objects, cancellation))
        {
            if (!needed.Contains(name))
            {
                _findings.Add(new VerifyFinding(
                    BackupLayout.ObjectOf(name), 0,
                    "needed by no backup that can be read: left by one that was interrupted, or removed", false));
            }
        }
    }
}
