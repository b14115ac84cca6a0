using System.Buffers;

namespace FerrisDB.Storage;

// One open of the database writes one or more manifests. To begin one (at every open, and when the old one has grown
// too long), in this order, each step durable before the next:
//
//     1  MANIFEST-(N+1)  header, snapshot, end mark
//     2  the folder      the new file has its name
//     3  CURRENT.tmp     names MANIFEST-(N+1)
//     4  CURRENT         by renaming, and the folder again: from here on MANIFEST-(N+1) counts
//     5  MANIFEST-N      deleted
//
// A crash before 4 leaves the old manifest in force, and the new file is overwritten by the next open. A torn end is
// never appended to, because an open begins a new file.

/// <summary>
/// The durable log of what the database consists of: recovers it, and appends the edits that change it.
/// </summary>
/// <remarks>
/// Appends come one at a time. A write or sync that fails poisons the log for good: what the disk then holds is
/// unknown until the database is opened again.
/// </remarks>
internal sealed class ManifestLog : IAsyncDisposable
{
    /// <summary>A manifest is not replaced before it has this many bytes...</summary>
    public const long RolloverBytesMin = 64 << 10;

    /// <summary>
    /// ...and this many times the bytes of its snapshot, so that snapshots cost a quarter of all writes.
    /// </summary>
    public const int RolloverFactor = 4;

    private readonly IFileSystem _fileSystem;
    private readonly string _directory;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private IFile? _file;
    private long _number;
    private long _sequence;
    private long _length;
    private long _snapshotBytes;
    private bool _isBusy;
    private bool _isPoisoned;

    private ManifestLog(IFileSystem fileSystem, string directory, ManifestState state)
    {
        _fileSystem = fileSystem;
        _directory = directory;
        _number = state.ManifestNumber;
        State = state;
    }

    /// <summary>What all acknowledged edits add up to. Changes during <see cref="AppendAsync"/> alone.</summary>
    public ManifestState State { get; }

    /// <summary>The N of the MANIFEST-N that is written to.</summary>
    public long Number => _number;

    /// <summary>The path of the file that is written to.</summary>
    public string FilePath => Path.Combine(_directory, FileNames.Manifest(_number));

    /// <summary>Bytes up to the end mark, which are all acknowledged: what a checkpoint copies.</summary>
    public long LengthBytes => _length;

    /// <summary>
    /// Reads the manifest that counts, or returns null if the folder holds no database. Writes nothing.
    /// </summary>
    public static ManifestState? Recover(IFileSystem fileSystem, string directory)
    {
        if (CurrentFile.Read(fileSystem, directory) is not { } number)
        {
            RefuseLostCurrent(fileSystem, directory);
            return null;
        }
        return Read(fileSystem, directory, number);
    }

    /// <summary>Reads one manifest, whether it counts or not. Damage throws.</summary>
    public static ManifestState Read(IFileSystem fileSystem, string directory, long number)
    {
        var path = Path.Combine(directory, FileNames.Manifest(number));
        return Parse(path, ReadAll(fileSystem, path), number);
    }

    /// <summary>As <see cref="Read"/>, of bytes that were read already.</summary>
    public static ManifestState Parse(string path, byte[] content, long number)
    {
        var reader = new ManifestReader(path, content, number);
        var state = new ManifestState { ManifestNumber = number };
        while (reader.TryNext(out var record))
        {
            if (state.Refuse(record.Edit) is { } reason)
                throw FerrisException.Corrupt(path, record.Offset, "an edit that fits those before", reason);
            state.Apply(record.Edit);
        }
        if (state.FindOverlap() is { } overlap)
            throw FerrisException.Corrupt(path, reader.Offset, "disjoint tables on each level below L0", overlap);
        state.Ending = reader.Ending;
        return state;
    }

    /// <summary>
    /// Begins a new manifest with a snapshot of <paramref name="state"/>, which was recovered or is
    /// <see cref="ManifestState.CreateNew"/>, and removes all others.
    /// </summary>
    public static async ValueTask<ManifestLog> StartAsync(
        IFileSystem fileSystem, string directory, ManifestState state)
    {
        var log = new ManifestLog(fileSystem, directory, state);
        var isStarted = false;
        try
        {
            await log.BeginFileAsync();
            log.DeleteOthers();
            isStarted = true;
        }
        finally
        {
            if (!isStarted)
                log.CloseFile();
        }
        return log;
    }

    /// <summary>Makes an edit durable. When it returns, the edit survives power loss.</summary>
    /// <exception cref="FerrisException">
    /// The write or sync failed: the edit may or may not be found by the next open, and this log takes no others
    /// (<see cref="ErrorCode.WritesStopped"/>).
    /// </exception>
    public async ValueTask AppendAsync(ManifestEdit edit)
    {
        Invariant.That(!_isBusy && _file is not null);
        ThrowIfPoisoned();
        Invariant.That(State.Refuse(edit) is null);
        _isBusy = true;
        _isPoisoned = true; // until proven otherwise, so that no way out of here leaves it clean by mistake
        try
        {
            if (_length > Math.Max(RolloverBytesMin, RolloverFactor * _snapshotBytes))
                await RollOverAsync();
            await WriteEditAsync(edit);
            _isPoisoned = false;
        }
        finally
        {
            _isBusy = false;
        }
    }

    /// <summary>Makes the end mark durable, so that any damage found later is known to be damage.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_file is not null && !_isPoisoned)
                await _file.SyncAsync();
        }
        finally
        {
            CloseFile();
        }
    }

    private async ValueTask WriteEditAsync(ManifestEdit edit)
    {
        _buffer.ResetWrittenCount();
        ManifestFormat.WriteEdit(_buffer, _sequence, edit);
        await _file!.WriteAsync(_length, _buffer.WrittenMemory);
#if FERRIS_CHECKED
        if (SeededBugs.Active != SeededBug.ManifestSkipsSync)
#endif
            await _file.SyncAsync();
        _length += _buffer.WrittenCount;
        _sequence++;
        State.Apply(edit);

        // Only now may the mark say that all before it is synced. The next sync takes it along.
        _buffer.ResetWrittenCount();
        ManifestFormat.WriteEndMark(_buffer, _sequence);
        await _file.WriteAsync(_length, _buffer.WrittenMemory);
    }

    private async ValueTask RollOverAsync()
    {
        var old = FilePath;
        await BeginFileAsync();
        _fileSystem.Delete(old);
    }

    private async ValueTask BeginFileAsync()
    {
        CloseFile();
        var number = _number + 1;
        _buffer.ResetWrittenCount();
        ManifestFormat.WriteHeader(_buffer, number);
        ManifestFormat.WriteEdit(_buffer, 0, State.ToSnapshot());
        var length = _buffer.WrittenCount;
        ManifestFormat.WriteEndMark(_buffer, 1);

        _file = _fileSystem.Create(Path.Combine(_directory, FileNames.Manifest(number)));
        await _file.WriteAsync(0, _buffer.WrittenMemory);
#if FERRIS_CHECKED
        if (SeededBugs.Active != SeededBug.CurrentNamesUnsyncedManifest)
#endif
            await _file.SyncAsync();
        await _fileSystem.SyncDirectoryAsync(_directory);
        await CurrentFile.ReplaceAsync(_fileSystem, _directory, number);
        _number = number;
        _length = length;
        _snapshotBytes = length;
        _sequence = 1;
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }

    private void DeleteOthers()
    {
        foreach (var name in _fileSystem.List(_directory))
        {
            var isOther = FileNames.TryParse(name, out var kind, out var number)
                && kind == FileKind.Manifest && number != _number;
            if (isOther || name == FileNames.CurrentTemporary)
                _fileSystem.Delete(Path.Combine(_directory, name));
        }
    }

    private void ThrowIfPoisoned()
    {
        if (!_isPoisoned)
            return;
        throw new FerrisException(
            ErrorCode.WritesStopped, $"An earlier write to {FilePath} failed; open the database again to go on.");
    }

    // Without CURRENT there is no database, unless there is data: a first open that crashed leaves MANIFEST-000001 and
    // nothing else.
    private static void RefuseLostCurrent(IFileSystem fileSystem, string directory)
    {
        if (!fileSystem.DirectoryExists(directory))
            return;
        if (RestoreMark.Read(fileSystem, directory) is { } restored)
            throw RestoreMark.Interrupted(directory, restored);
        foreach (var name in fileSystem.List(directory))
        {
            if (!FileNames.TryParse(name, out var kind, out var number))
                continue;
            if (kind is FileKind.Table or FileKind.Blob or FileKind.Wal || (kind == FileKind.Manifest && number > 1))
            {
                throw FerrisException.Corrupt(
                    Path.Combine(directory, FileNames.Current), 0, "the name of a manifest",
                    $"no such file beside {name}");
            }
        }
    }

    private static byte[] ReadAll(IFileSystem fileSystem, string path)
    {
        if (!fileSystem.FileExists(path))
            throw FerrisException.Corrupt(path, 0, "the manifest that CURRENT names", "no such file");
        using var file = fileSystem.Open(path, FileAccess.Read);
        if (file.Length > Array.MaxLength)
            throw FerrisException.Corrupt(path, 0, $"at most {Array.MaxLength} bytes", $"{file.Length} bytes");
        var content = new byte[file.Length];
        var read = file.Read(0, content);
        Array.Resize(ref content, read);
        return content;
    }
}
