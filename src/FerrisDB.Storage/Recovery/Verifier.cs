namespace FerrisDB.Storage;

// What is read, and what it must agree with:
//
//     CURRENT       its checksum                              ──► names a manifest
//     MANIFEST-N    every record; levels disjoint             ──► names tables and blobs
//     N.sst         every block, in order, between fences, in the filter
//                   counts, versions and span as in the properties and in the manifest
//                   what it refers to in a blob is there, and is that key's and version's
//     N.blob        every record, and their counts as in the footer and in the manifest
//     N.wal         every record an open would replay, whole; versions ascending; no damage below what was durable
//     others        what no open needs: told, not judged

/// <summary>Reads every byte of a database and checks every invariant; changes nothing.</summary>
internal sealed class Verifier
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly Action<VerifyProgress>? _progress;
    private readonly List<VerifyFinding> _findings = [];
    private readonly Dictionary<string, long> _sizes = [];
    private long _bytesRead;
    private long _entries;
    private long _logRecords;
    private long _lastVersion;
    private string _logEnd = "there was no log";

    private Verifier(IFileSystem files, string folder, Action<VerifyProgress>? progress)
    {
        _files = files;
        _folder = folder;
        _progress = progress;
    }

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileNotFound"/>: there is no database; <see cref="ErrorCode.FolderLocked"/>. Never damage.
    /// </exception>
    public static VerifyReport Verify(string folder, StorageOptions options, Action<VerifyProgress>? progress)
    {
        var files = options.FileSystem ?? new DiskFileSystem();
        if (!files.DirectoryExists(folder))
            throw NoDatabase(folder);
        using var folderLock = files.Lock(Path.Combine(folder, FileNames.Lock), exclusive: false);
        return new Verifier(files, folder, progress).Run();
    }

    /// <summary>As <see cref="Verify"/>, for one who has the folder locked already.</summary>
    public static VerifyReport VerifyLocked(IFileSystem files, string folder) =>
        new Verifier(files, folder, null).Run();

    private VerifyReport Run()
    {
        foreach (var name in _files.List(_folder))
        {
            if (FileNames.TryParse(name, out var kind, out _) && kind != FileKind.Lock)
                _sizes[name] = SizeOf(name);
        }
        if (_sizes.Count == 0)
            throw NoDatabase(_folder);
        var state = ReadManifest();
        using (var blobs = new BlobCheck(_files, _folder, state))
        {
            VerifyTables(state, blobs);
            VerifyBlobs(state, blobs);
            _findings.AddRange(blobs.Findings);
        }
        if (state is not null)
            VerifyLog(state);
        NoteLeftovers(state);
        return new VerifyReport
        {
            Folder = _folder,
            Findings = [.. _findings.OrderBy(finding => finding.File, StringComparer.Ordinal)
                .ThenBy(finding => finding.Offset)],
            FileCount = _sizes.Count,
            BytesRead = _bytesRead,
            TableEntries = _entries,
            LogRecords = _logRecords,
            LastVersion = _lastVersion,
            LogEnd = _logEnd,
            Marks = state?.Marks ?? [],
        };
    }

    private ManifestState? ReadManifest()
    {
        Report(FileNames.Current, 0);
        try
        {
            var state = ManifestLog.Recover(_files, _folder);
            if (state is null)
            {
                _findings.Add(
                    new VerifyFinding(FileNames.Current, 0, "expected the name of a manifest, found no such file"));
                return null;
            }
            var name = FileNames.Manifest(state.ManifestNumber);
            _bytesRead += _sizes.GetValueOrDefault(FileNames.Current) + _sizes[name];
            _lastVersion = Math.Max(state.LastVersion, state.DurableVersion);
            if (state.Ending == ManifestEnding.Torn)
                Note(name, "ends with an edit that a crash cut short; it was never acknowledged");
            return state;
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, FileNames.Current));
            return null;
        }
    }

    private void VerifyTables(ManifestState? state, BlobCheck blobs)
    {
        var expected = state?.Tables.ToDictionary(table => FileNames.Table(table.Metadata.FileNumber));
        foreach (var name in _sizes.Keys.Concat(expected?.Keys ?? Enumerable.Empty<string>()).Distinct().ToList())
        {
            if (!FileNames.TryParse(name, out var kind, out _) || kind != FileKind.Table)
                continue;
            var placed = expected?.GetValueOrDefault(name);
            if (expected is null || expected.ContainsKey(name))
                VerifyTable(name, placed?.Metadata, state, blobs);
        }
    }

    private void VerifyBlobs(ManifestState? state, BlobCheck blobs)
    {
        var expected = state?.Blobs.ToDictionary(blob => FileNames.Blob(blob.FileNumber));
        foreach (var name in _sizes.Keys.Concat(expected?.Keys ?? Enumerable.Empty<string>()).Distinct().ToList())
        {
            if (!FileNames.TryParse(name, out var kind, out var number) || kind != FileKind.Blob)
                continue;
            if (!_sizes.ContainsKey(name))
                _findings.Add(new VerifyFinding(name, 0, "expected a blob that the manifest names, found no file"));
            else if (expected is null || expected.ContainsKey(name))
                blobs.Scan(name, number, expected?[name], bytes => Report(name, bytes));
        }
    }

    private void VerifyTable(string name, TableMetadata? metadata, ManifestState? state, BlobCheck blobs)
    {
        if (!_sizes.ContainsKey(name))
        {
            _findings.Add(new VerifyFinding(name, 0, "expected a table that the manifest names, found no file"));
            return;
        }
        try
        {
            using var file = _files.Open(PathOf(name), FileAccess.Read);
            using var scan = TableScan.Run(
                file, metadata, bytes => Report(name, bytes),
                (key, version, reference) => blobs.CheckReference(name, key, version, reference));
            _findings.AddRange(scan.Findings);
            _entries += scan.Counts.Entries;
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, name));
        }
        if (metadata is null)
            return;
        _lastVersion = Math.Max(_lastVersion, metadata.NewestVersion);
        if (metadata.GlobalVersion == 0 && metadata.NewestVersion > state!.DurableVersion)
        {
            _findings.Add(new VerifyFinding(
                name, 0, $"expected versions up to {state.DurableVersion}, found {metadata.NewestVersion}"));
        }
    }

    private void VerifyLog(ManifestState state)
    {
        try
        {
            using var recovery = new WalRecovery(
                _files, _folder, state.DurableVersion, isReadOnly: true, state.NewestSegment);
            while (recovery.TryNext(out var version, out var payload))
            {
                BatchReader.Verify(payload, $"the batch of version {version} in the log");
                _logRecords++;
                _lastVersion = version;
            }
            // Read-only, so it completes at once.
            var end = Blocking.Wait(recovery.FinishAsync());
            _logEnd = end.Reason;
            foreach (var segment in end.Segments)
                Report(Path.GetFileName(segment.Path), segment.SizeBytes);
            NoteUnusedSegments(end);
        }
        catch (FerrisException error)
        {
            _logEnd = error.Problem;
            _findings.Add(VerifyFinding.From(error, FileNames.Wal(0)));
        }
    }

    private void NoteUnusedSegments(WalEnd end)
    {
        var used = end.Segments.Select(segment => segment.Number).ToHashSet();
        foreach (var name in _sizes.Keys)
        {
            if (FileNames.TryParse(name, out var kind, out var number) && kind == FileKind.Wal
                && !used.Contains(number))
                Note(name, "holds nothing that an open needs");
        }
    }

    private void NoteLeftovers(ManifestState? state)
    {
        foreach (var name in _sizes.Keys)
        {
            var isOurs = FileNames.TryParse(name, out var kind, out var number);
            Invariant.That(isOurs);
            var isUnknown = state is not null && kind switch
            {
                FileKind.Table => !state.HasTable(number),
                FileKind.Blob => !state.HasBlob(number),
                FileKind.Manifest => number != state.ManifestNumber,
                _ => false,
            };
            if (isUnknown || kind == FileKind.Temporary)
                Note(name, "a leftover, which the next open removes");
        }
    }

    private void Note(string name, string what) => _findings.Add(new VerifyFinding(name, 0, what, IsDamage: false));

    private void Report(string name, long bytes)
    {
        _bytesRead += bytes;
        _progress?.Invoke(new VerifyProgress(name, _bytesRead, _sizes.Values.Sum()));
    }

    private long SizeOf(string name)
    {
        try
        {
            using var file = _files.Open(PathOf(name), FileAccess.Read);
            return file.Length;
        }
        catch (FerrisException error)
        {
            _findings.Add(VerifyFinding.From(error, name));
            return 0;
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static FerrisException NoDatabase(string folder) =>
        new(ErrorCode.FileNotFound, $"There is no database in {folder}. Check the path.");
}
