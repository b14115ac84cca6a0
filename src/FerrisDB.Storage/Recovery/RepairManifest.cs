namespace FerrisDB.Storage;

// Four cases, from good to bad:
//
//     what CURRENT names is whole                             it counts
//     CURRENT or what it names is not, another one is whole   a manifest is begun with all that the one before ended
//                                                             with, so a later one knows all that CURRENT's did
//     it is whole but has no end mark, and what it      its end was cut off: an older state, in which tables are named
//     tells is not there                                that are gone, and later ones are not
//     none is whole                                           every record that still checks out tells something: which
//                                                             tables there were and are gone, the versions of ingested
//                                                             ones, marks. It does not tell which tables there are.

/// <summary>What can be read of the manifests of a folder.</summary>
internal sealed class RepairManifest
{
    private readonly List<VerifyFinding> _findings = [];
    private readonly List<string> _marks = [];
    private readonly HashSet<long> _removed = [];

    private RepairManifest()
    {
    }

    public IReadOnlyList<VerifyFinding> Findings => _findings;

    /// <summary>What the database consists of; null if no manifest tells.</summary>
    public ManifestState? State { get; private set; }

    /// <summary>True if the folder holds no data yet: a first open was interrupted.</summary>
    public bool IsBlank { get; private set; }

    /// <summary>The highest N of any MANIFEST-N, there or named.</summary>
    public long HighestNumber { get; private set; }

    /// <summary>Tables that some readable record adds, by file number, gone or not.</summary>
    public Dictionary<long, PlacedTable> Tables { get; } = [];

    /// <summary>Tables that should be there as far as the newest manifest can be read.</summary>
    public Dictionary<long, PlacedTable> Live { get; private set; } = [];

    public long DurableVersion { get; private set; }

    public long LastVersion { get; private set; }

    public long NextFileNumber { get; private set; } = 1;

    public SizeLimits? Limits { get; private set; }

    public string? CreatedBy { get; private set; }

    public IReadOnlyList<string> Marks => _marks;

    public static RepairManifest Read(IFileSystem files, string folder)
    {
        var manifest = new RepairManifest();
        var numbers = files.List(folder)
            .Where(name => FileNames.TryParse(name, out var kind, out _) && kind == FileKind.Manifest)
            .Select(name => NumberOf(name)).Order().ToList();
        manifest.HighestNumber = numbers.Count > 0 ? numbers[^1] : 0;
        try
        {
            manifest.State = ManifestLog.Recover(files, folder);
            manifest.IsBlank = manifest.State is null;
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            manifest._findings.Add(VerifyFinding.From(error, FileNames.Current));
            manifest.FindOther(files, folder, numbers);
        }
        if (manifest.State is { Ending: not ManifestEnding.EndMark } state && IsBehindTheFolder(state, files, folder))
        {
            manifest._findings.Add(new VerifyFinding(
                FileNames.Manifest(state.ManifestNumber), 0, "expected what the folder has now, found an older state: "
                    + "the last edits are missing"));
            manifest.State = null;
        }
        if (manifest.State is null && !manifest.IsBlank)
        {
            foreach (var number in numbers)
                manifest.Gather(files, Path.Combine(folder, FileNames.Manifest(number)));
        }
        return manifest;
    }

    /// <summary>True if some readable record says that the table is not needed any more.</summary>
    public bool IsRemoved(long fileNumber) => _removed.Contains(fileNumber);

    // The tables that it names were replaced, or the log that went on from it is not needed any more.
    private static bool IsBehindTheFolder(ManifestState state, IFileSystem files, string folder)
    {
        var isTableGone = state.Tables.Any(table =>
            !files.FileExists(Path.Combine(folder, FileNames.Table(table.Metadata.FileNumber))));
        var headers = WalSegmentFile.List(files, folder).Where(segment => segment.Header is not null).ToList();
        var known = state.NewestSegment.Number;
        var isSegmentGone = known > 0 && !files.FileExists(Path.Combine(folder, FileNames.Wal(known)));
        return isTableGone
            || (isSegmentGone && headers.Exists(segment => segment.Number > known))
            || (headers.Count > 0
                && headers.Min(segment => segment.Header!.Value.PreviousVersion) > state.DurableVersion);
    }

    private static long NumberOf(string name)
    {
        var isOurs = FileNames.TryParse(name, out _, out var number);
        Invariant.That(isOurs);
        return number;
    }

    private void FindOther(IFileSystem files, string folder, List<long> numbers)
    {
        var current = 0L;
        TryRead(() => current = CurrentFile.Read(files, folder) ?? 0);
        HighestNumber = Math.Max(HighestNumber, current);
        foreach (var number in numbers.Where(number => number >= current).Reverse())
        {
            TryRead(() => State = ManifestLog.Read(files, folder, number));
            if (State is not null)
                return;
        }
    }

    private static void TryRead(Action read)
    {
        try
        {
            read();
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            // That it is damaged is a finding already; here the question is only what else there is.
        }
    }

    // A record may begin anywhere behind damage. Its sequence is cheap to look at and rarely plausible by accident.
    private void Gather(IFileSystem files, string path)
    {
        var content = ReadAll(files, path);
        var sequencesMax = content.Length / ManifestFormat.RecordHeaderSize;
        for (var offset = 0; offset <= content.Length - ManifestFormat.RecordHeaderSize;)
        {
            var sequence = ManifestFormat.PeekSequence(content, offset);
            if (sequence < 0 || sequence > sequencesMax
                || !ManifestFormat.TryReadRecord(content, offset, out _, out var payload) || payload.IsEmpty)
            {
                offset++;
                continue;
            }
            var size = ManifestFormat.RecordHeaderSize + payload.Length;
            ManifestEdit? edit = null;
            var bytes = payload.ToArray();
            TryRead(() => edit = ManifestEditCodec.Decode(bytes, path, offset));
            if (edit is not null)
                Take(edit, isSnapshot: sequence == 0);
            offset += edit is null ? 1 : size;
        }
    }

    private static byte[] ReadAll(IFileSystem files, string path)
    {
        byte[] content = [];
        TryRead(() =>
        {
            using var file = files.Open(path, FileAccess.Read);
            content = new byte[Math.Min(file.Length, Array.MaxLength)];
            Array.Resize(ref content, file.Read(0, content));
        });
        return content;
    }

    private void Take(ManifestEdit edit, bool isSnapshot)
    {
        if (isSnapshot)
        {
            Live = [];
            _marks.Clear();
        }
        foreach (var place in edit.RemovedTables)
        {
            Live.Remove(place.FileNumber);
            _removed.Add(place.FileNumber);
        }
        foreach (var table in edit.AddedTables)
        {
            Tables[table.Metadata.FileNumber] = table;
            Live[table.Metadata.FileNumber] = table;
            _removed.Remove(table.Metadata.FileNumber);
        }
        DurableVersion = Math.Max(DurableVersion, edit.DurableVersion ?? 0);
        LastVersion = Math.Max(LastVersion, edit.LastVersion ?? 0);
        NextFileNumber = Math.Max(NextFileNumber, edit.NextFileNumber ?? 1);
        Limits = edit.Limits ?? Limits;
        CreatedBy = edit.CreatedBy ?? CreatedBy;
        _marks.AddRange(edit.Marks);
    }
}
