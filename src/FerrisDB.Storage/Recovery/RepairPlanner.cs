namespace FerrisDB.Storage;

// With a manifest that is whole, what is damaged is replaced one by one:
//
//     table    what can be read of it becomes a new table in the same place of the same level
//     log      the prefix that is left becomes tables of L0; the segments are set aside
//
// Without one nobody knows on which level a table was, so nothing can be put back in its place: two tables may overlap
// in keys and in versions, and a reader stops at the first answer. But an entry says itself how new it is. So all
// tables and the log are merged by internal key into one new bottom level, equal internal keys once, range tombstones
// too.

/// <summary>Looks at a folder and says what a repair would do and lose; changes nothing.</summary>
internal sealed class RepairPlanner
{
    private const int LossesInMarkMax = 10;

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly StorageOptions _options;
    private readonly Action<VerifyProgress>? _progress;
    private readonly List<VerifyFinding> _damage = [];
    private readonly List<RepairLoss> _losses = [];
    private readonly List<string> _steps = [];
    private readonly SortedSet<string> _setAside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sizes = [];
    private long _bytesRead;

    private RepairPlanner(IFileSystem files, string folder, StorageOptions options, Action<VerifyProgress>? progress)
    {
        _files = files;
        _folder = folder;
        _options = options;
        _progress = progress;
    }

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileNotFound"/>: there is no database; <see cref="ErrorCode.FolderLocked"/>;
    /// <see cref="ErrorCode.FormatTooNew"/>: the folder is not damaged but from a newer program.
    /// </exception>
    public static RepairPlan Plan(string folder, StorageOptions options, Action<VerifyProgress>? progress)
    {
        var files = options.FileSystem ?? new DiskFileSystem();
        if (!files.DirectoryExists(folder))
            throw NoDatabase(folder);
        if (RestoreMark.Read(files, folder) is { } restored)
            throw RestoreMark.Interrupted(folder, restored);
        using var folderLock = files.Lock(Path.Combine(folder, FileNames.Lock), exclusive: false);
        return new RepairPlanner(files, folder, options, progress).Run();
    }

    private RepairPlan Run()
    {
        foreach (var name in _files.List(_folder))
        {
            if (FileNames.TryParse(name, out var kind, out _) && kind != FileKind.Lock)
                _sizes[name] = SizeOf(name);
        }
        if (_sizes.Count == 0)
            throw NoDatabase(_folder);
        var manifest = RepairManifest.Read(_files, _folder);
        _damage.AddRange(manifest.Findings);
        var blobs = RepairBlobs.Read(_files, _folder, manifest.State, Report);
        _damage.AddRange(blobs.Findings);
        var tables = manifest.IsBlank
            ? []
            : manifest.State is { } state ? ScanTablesOf(state, blobs) : ScanAllTables(manifest, blobs);
        var log = RepairLog.Read(
            _files, _folder, manifest.State?.DurableVersion ?? Covered(manifest, tables),
            replaysAll: manifest.State is null, manifest.State?.NewestSegment ?? default);
        _damage.AddRange(log.Findings);
        if (manifest.State is null)
            GuessVersions(tables, log);
        TakeLosses(tables, log);
        var findings = new RepairFindings
        {
            Manifest = manifest,
            Tables = manifest.State is null ? tables : [.. tables.Where(table => !table.IsWhole)],
            Blobs = blobs,
            Log = log,
            Mark = Mark(log),
        };
        if (_damage.Count > 0)
            DescribeSteps(findings);
        return MakePlan(findings);
    }

    private RepairPlan MakePlan(RepairFindings findings) => new(
        findings, FolderFingerprint.Of(_files, _folder, _damage.Select(finding => finding.File)), _options)
    {
        Folder = _folder,
        Damage = [.. _damage.OrderBy(finding => finding.File, StringComparer.Ordinal)
            .ThenBy(finding => finding.Offset)],
        Losses = _losses,
        Steps = _steps,
        LastVersion = findings.Log.LastVersion,
        FilesSetAside = [.. _setAside],
        Marks = findings.Manifest.State?.Marks ?? findings.Manifest.Marks,
    };

    private List<RepairTable> ScanTablesOf(ManifestState state, RepairBlobs blobs)
    {
        var tables = new List<RepairTable>();
        foreach (var placed in state.Tables)
        {
            tables.Add(_sizes.ContainsKey(FileNames.Table(placed.Metadata.FileNumber))
                ? Scan(placed.Metadata.FileNumber, placed, blobs)
                : RepairTable.Missing(placed, isKnownToBeThere: true));
        }
        // A table that no manifest names is a leftover, which the next open deletes: not while anything is unclear.
        if (tables.Exists(table => !table.IsWhole))
        {
            SetAside(FileKind.Table, number => !state.HasTable(number));
            SetAside(FileKind.Blob, number => !state.HasBlob(number));
        }
        return tables;
    }

    private List<RepairTable> ScanAllTables(RepairManifest manifest, RepairBlobs blobs)
    {
        var tables = new List<RepairTable>();
        foreach (var number in NumbersOf(FileKind.Table))
        {
            SetAside(FileKind.Table, candidate => candidate == number);
            if (!manifest.IsRemoved(number))
                tables.Add(Scan(number, manifest.Tables.TryGetValue(number, out var known) ? known : null, blobs));
        }
        foreach (var (number, placed) in manifest.Live)
        {
            if (!_sizes.ContainsKey(FileNames.Table(number)))
                tables.Add(RepairTable.Missing(placed, isKnownToBeThere: false));
        }
        return tables;
    }

    private RepairTable Scan(long number, PlacedTable? placed, RepairBlobs blobs) => RepairTable.Scan(
        _files, _folder, number, placed, blobs, bytes => Report(FileNames.Table(number), bytes));

    // At least so much is in tables: what a whole table has, was durable before it.
    private static long Covered(RepairManifest manifest, List<RepairTable> tables) =>
        tables.Where(table => table is { IsWhole: true, Readable: not null, IsSortedFile: false })
            .Select(table => table.Readable!.NewestVersion)
            .Append(manifest.DurableVersion)
            .Max();

    // An ingest takes its file number first, so all that tables with smaller numbers have is older than it.
    private static void GuessVersions(List<RepairTable> tables, RepairLog log)
    {
        var newest = 0L;
        foreach (var table in tables.Where(table => table.Readable is not null).OrderBy(table => table.FileNumber))
        {
            if (table is { IsSortedFile: true, GlobalVersion: 0 })
            {
                var span = table.Readable!.Span;
                var doesOrderMatter = log.Records > 0 || tables.Exists(other =>
                    other != table && other.Readable is { } found && found.Span.Overlaps(span));
                table.GuessVersion(newest + 1, doesOrderMatter);
            }
            newest = Math.Max(newest, table.GlobalVersion == 0 ? table.Readable!.NewestVersion : table.GlobalVersion);
        }
    }

    private void TakeLosses(List<RepairTable> tables, RepairLog log)
    {
        foreach (var table in tables)
        {
            table.LookForOlderData(tables);
            _damage.AddRange(table.Findings);
            _losses.AddRange(table.Losses);
        }
        if (log.LosesCommits || log.MissingFrom > 0)
            _losses.Add(LostCommits(log));
    }

    private static RepairLoss LostCommits(RepairLog log) => log.LosesCommits
        ? new RepairLoss
        {
            Kind = RepairLossKind.Commits,
            File = log.Findings[0].File,
            OldestVersion = log.LastVersion + 1,
            NewestVersion = log.HighestVersion > log.LastVersion ? log.HighestVersion : long.MaxValue,
            Count = log.RecordsBehind,
        }
        : new RepairLoss
        {
            Kind = RepairLossKind.EarlierCommits,
            File = FileNames.Current,
            OldestVersion = log.MissingFrom,
            NewestVersion = log.MissingThrough,
        };

    private void DescribeSteps(RepairFindings findings)
    {
        foreach (var finding in _damage)
        {
            if (_sizes.ContainsKey(finding.File))
                _setAside.Add(finding.File);
        }
        if (findings.ReplacesLog)
            SetAside(FileKind.Wal, _ => true);
        if (findings.MustMergeAll)
            DescribeMerge(findings);
        else
            DescribeReplacements(findings);
        if (_setAside.Count > 0)
            _steps.Add($"keep aside, with .damaged behind the name: {string.Join(", ", _setAside)}");
        var manifest = FileNames.Manifest(findings.Manifest.HighestNumber + 1);
        _steps.Add($"begin {manifest} with the mark \"{findings.Mark}\"");
    }

    private void DescribeMerge(RepairFindings findings)
    {
        SetAside(FileKind.Manifest, _ => true);
        if (_sizes.ContainsKey(FileNames.Current))
            _setAside.Add(FileNames.Current);
        var readable = findings.Tables.Where(table => table.Readable is not null).ToList();
        var entries = readable.Sum(table => table.Readable!.EntryCount);
        _steps.Add(
            $"merge {Count(readable.Count, "table")} of {Count(entries, "entry", "entries")} and "
            + $"{Count(findings.Log.Records, "commit")} of the log into new tables of L{TableSet.BottomLevel}; a table "
            + "that was replaced just before a crash looks like any other, and brings back what was deleted since");
    }

    private void DescribeReplacements(RepairFindings findings)
    {
        foreach (var table in findings.Tables)
        {
            SetAside(FileKind.Table, number => number == table.FileNumber);
            var place = $"L{table.Expected!.Value.Level}";
            var total = table.Expected.Value.Metadata.EntryCount;
            _steps.Add(table.Readable is { } readable
                ? $"write {readable.EntryCount - table.LostValueCount} of {Count(total, "entry", "entries")}"
                    + $"{RangeDeletes(readable)} of {table.Name} to a new table of {place}{Values(table)}"
                : $"take {table.Name} out of {place}");
        }
        if (findings.Log.IsWhole)
            return;
        var commits = Count(findings.Log.Records, "commit");
        _steps.Add($"write {commits} of the log to tables of L0, and begin a new log");
    }

    private static string Values(RepairTable table) =>
        table.RefersToDamage ? ", with the values that can be read of damaged blobs" : "";

    private static string RangeDeletes(TableMetadata table) => table.RangeTombstoneCount == 0
        ? ""
        : $" and {Count(table.RangeTombstoneCount, "range delete")}";

    private string Mark(RepairLog log)
    {
        if (_losses.Count == 0)
            return $"repaired without loss, up to version {log.LastVersion}";
        var losses = string.Join(". ", _losses.Take(LossesInMarkMax));
        var more = _losses.Count > LossesInMarkMax ? $". And {_losses.Count - LossesInMarkMax} more losses" : "";
        return $"repaired with loss, up to version {log.LastVersion}. {losses}{more}";
    }

    private void SetAside(FileKind wanted, Predicate<long> isWanted)
    {
        foreach (var name in _sizes.Keys)
        {
            if (FileNames.TryParse(name, out var kind, out var number) && kind == wanted && isWanted(number))
                _setAside.Add(name);
        }
    }

    private List<long> NumbersOf(FileKind wanted)
    {
        var numbers = new List<long>();
        foreach (var name in _sizes.Keys)
        {
            if (FileNames.TryParse(name, out var kind, out var number) && kind == wanted)
                numbers.Add(number);
        }
        numbers.Sort();
        return numbers;
    }

    private void Report(string name, long bytes)
    {
        _bytesRead += bytes;
        _progress?.Invoke(new VerifyProgress(name, _bytesRead, _sizes.Values.Sum()));
    }

    private long SizeOf(string name)
    {
        try
        {
            using var file = _files.Open(Path.Combine(_folder, name), FileAccess.Read);
            return file.Length;
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FolderLocked)
        {
            return 0;
        }
    }

    private static string Count(long count, string one, string? many = null) =>
        $"{count} {(count == 1 ? one : many ?? one + "s")}";

    private static FerrisException NoDatabase(string folder) =>
        new(ErrorCode.FileNotFound, $"There is no database in {folder}. Check the path.");
}
