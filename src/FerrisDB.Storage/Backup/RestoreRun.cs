using System.Security.Cryptography;

namespace FerrisDB.Storage;

// A restore, step by step; it may be interrupted anywhere and run again:
//
//     1  folder      new or empty, or with the mark of the same restore; locked
//     2  RESTORING   says what is being restored                                           (RestoreMark)
//     3  files       tables, blobs, log; each hashed on the way and synced. One that is there with the right hash stays
//     4  the log     ends behind the newest record at or below the version, with an end mark
//     5  CURRENT     last, when all before it is durable: until then there is no database
//     6  RESTORING   is deleted

/// <summary>Makes a database of a backup. The target is locked by the caller.</summary>
internal sealed class RestoreRun
{
    private readonly BackupObjects _objects;
    private readonly BackupManifest _backup;
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly long _version;
    private readonly ProgressCounter _progress;
    private readonly CancellationToken _cancellation;
    private readonly string _markText;
    private long _bytesKept;

    public RestoreRun(
        BackupObjects objects,
        BackupManifest backup,
        IFileSystem files,
        string folder,
        long version,
        Action<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        _objects = objects;
        _backup = backup;
        _files = files;
        _folder = folder;
        _version = version;
        _progress = new ProgressCounter(progress, backup.SizeBytes);
        _cancellation = cancellation;
        _markText = RestoreMark.Describe(objects.Store.Location, backup.Id, version);
    }

    public async ValueTask<RestoreResult> RunAsync()
    {
        await PrepareFolderAsync();
        using var folderLock = _files.Lock(PathOf(FileNames.Lock), exclusive: true);
        CheckFolder();
        var isDone = _files.FileExists(PathOf(FileNames.Current));
        if (!isDone)
        {
            if (RestoreMark.Read(_files, _folder) is null)
                await RestoreMark.WriteAsync(_files, _folder, _markText);
            CheckSpace();
            await RestoreFilesAsync();
        }
        await RestoreMark.DeleteAsync(_files, _folder);
        return new RestoreResult(
            BackupInfo.Of(_backup), LastVersion(), _backup.SizeBytes, isDone ? _backup.SizeBytes : _bytesKept);
    }

    private async ValueTask PrepareFolderAsync()
    {
        if (_files.DirectoryExists(_folder))
            CheckFolder();
        _files.CreateDirectory(_folder);
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(_folder));
        await _files.SyncDirectoryAsync(string.IsNullOrEmpty(parent) ? "." : parent);
    }

    private void CheckFolder()
    {
        var mark = RestoreMark.Read(_files, _folder);
        if (mark == _markText)
            return;
        if (mark is not null)
        {
            throw new FerrisException(
                ErrorCode.RestoreDestinationNotEmpty,
                $"In {_folder} a restore of {mark.TrimEnd()} was interrupted, and this is another one. Finish that, or "
                    + "choose another folder.");
        }
        if (_files.List(_folder).FirstOrDefault(name => !RestoreMark.IsOfNoMatter(name)) is { } found)
        {
            throw new FerrisException(
                ErrorCode.RestoreDestinationNotEmpty,
                $"{_folder} is not empty: it has {found}. A restore takes a folder that is empty or not there yet.");
        }
    }

    private void CheckSpace()
    {
        var missing = _backup.Files.Where(file => !_files.FileExists(PathOf(file.Name))).Sum(file => file.SizeBytes);
        var available = _files.AvailableBytes(_folder);
        if (available < missing)
            throw FileErrors.DiskFull("restore to", _folder, $"{missing} bytes are needed, {available} are free");
    }

    private async ValueTask RestoreFilesAsync()
    {
        var state = new ManifestState();
        var segments = new List<(long Number, BackupFile File)>();
        foreach (var file in _backup.Files)
        {
            var isOurs = FileNames.TryParse(file.Name, out var kind, out var number);
            Invariant.That(isOurs);
            if (kind == FileKind.Manifest)
                state.Apply(await ReadManifestAsync(file));
            else
                await RestoreFileAsync(file, isImmutable: kind != FileKind.Wal);
            if (kind == FileKind.Wal)
                segments.Add((number, file));
        }
        var newest = await CutLogAsync([.. segments.OrderBy(segment => segment.Number)]);
        state.Apply(new ManifestEdit { NewestSegment = newest });
        await _files.SyncDirectoryAsync(_folder);
        var manifest = await ManifestLog.StartAsync(_files, _folder, state);
        await manifest.DisposeAsync();
    }

    private async ValueTask<ManifestEdit> ReadManifestAsync(BackupFile file)
    {
        _progress.Begin(file.Name);
        var name = NameOf(file);
        var content = await _objects.ReadAsync(name, _cancellation);
        CheckHash(file, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
        _progress.Add(content.Length);
        return ManifestLog.Parse(_objects.PathOf(name), content, number: 1).ToSnapshot();
    }

    private async ValueTask RestoreFileAsync(BackupFile file, bool isImmutable)
    {
        _progress.Begin(file.Name);
        var path = PathOf(file.Name);
        if (isImmutable && await IsWholeAsync(file))
        {
            _bytesKept += file.SizeBytes;
            _progress.Add(file.SizeBytes);
            return;
        }
        await using var content = await _objects.OpenAsync(NameOf(file), _cancellation);
        using var target = _files.Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sizeBytes = await StreamCopy.ToFileAsync(content, target, hash, _cancellation, _progress.Add);
        CheckHash(file, StreamCopy.TextOf(hash), sizeBytes);
#if FERRIS_CHECKED
        if (SeededBugs.Active != SeededBug.RestoreSkipsSync)
#endif
            await target.SyncAsync();
    }

    // It may be in the page cache alone: a process that was killed has not synced it.
    private async ValueTask<bool> IsWholeAsync(BackupFile file)
    {
        if (!_files.FileExists(PathOf(file.Name)))
            return false;
        using var found = _files.Open(PathOf(file.Name), FileAccess.ReadWrite);
        if (found.Length != file.SizeBytes)
            return false;
        await using var content = new FileContentStream(
            _files.Open(PathOf(file.Name), FileAccess.Read), file.SizeBytes);
        var (hash, _) = await StreamCopy.HashAsync(content, _cancellation);
        if (hash != file.Hash)
            return false;
        await found.SyncAsync();
        return true;
    }

    private void CheckHash(BackupFile file, string hash, long sizeBytes)
    {
        if (hash == file.Hash && sizeBytes == file.SizeBytes)
            return;
        throw FerrisException.CorruptBackup(
            _objects.PathOf(NameOf(file)), 0, $"{file.SizeBytes} bytes with SHA-256 {file.Hash} ({file.Name})",
            $"{sizeBytes} with {hash}");
    }

    // The segments behind the version go; the one that it lies in ends there.
    private async ValueTask<BegunSegment> CutLogAsync(IReadOnlyList<(long Number, BackupFile File)> segments)
    {
        if (segments.Count == 0)
            return default;
        var last = segments.Count - 1;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.RestoreIgnoresTheVersion)
            return new BegunSegment(segments[last].Number, segments[last].File.SizeBytes);
#endif
        while (last > 0 && PreviousVersionOf(segments[last].Number) >= _version)
            _files.Delete(PathOf(segments[last--].File.Name));
        if (last == segments.Count - 1 && _version >= _backup.LastVersion)
            return new BegunSegment(segments[last].Number, segments[last].File.SizeBytes);
        return await LogCopy.EndAsync(
            _files, _folder, segments[last].Number, segments[last].File.SizeBytes, _version);
    }

    private long PreviousVersionOf(long number)
    {
        using var reader = new WalReader(_files.Open(PathOf(FileNames.Wal(number)), FileAccess.Read), number);
        return reader.Header.PreviousVersion;
    }

    private long LastVersion()
    {
        var state = ManifestLog.Recover(_files, _folder)!;
        using var recovery = new WalRecovery(
            _files, _folder, state.DurableVersion, isReadOnly: true, state.NewestSegment);
        var lastVersion = Math.Max(state.DurableVersion, state.LastVersion);
        while (recovery.TryNext(out var version, out _))
            lastVersion = version;
        return lastVersion;
    }

    private string NameOf(BackupFile file) => BackupLayout.ObjectOf(_objects.NameOf(file.Hash));

    private string PathOf(string name) => Path.Combine(_folder, name);
}
