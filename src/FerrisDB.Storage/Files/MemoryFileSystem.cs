using System.Text;

namespace FerrisDB.Storage;

/// <summary>A disk in memory, for databases that need not outlive their process and for tests.</summary>
/// <remarks>Names behave as on a real disk: an open file goes on working after it was renamed or deleted.</remarks>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MemoryFileContent> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal) { MemoryPath.Root };
    private readonly FolderLocks _locks = new();

    public IFile Create(string path)
    {
        var content = FindOrAdd("create", path);
        content.SetLength(0);
        return new MemoryFile(path, content, canWrite: true);
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_lock)
            return new MemoryFile(path, Find("open", path), canWrite: access != FileAccess.Read);
    }

    public bool FileExists(string path)
    {
        lock (_lock)
            return _files.ContainsKey(MemoryPath.Normalize(path));
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock)
            return _directories.Contains(MemoryPath.Normalize(path));
    }

    public IReadOnlyList<string> List(string directory)
    {
        var folder = MemoryPath.Normalize(directory);
        lock (_lock)
        {
            RequireDirectory("list", directory, folder);
            return [.. _files.Keys.Where(path => MemoryPath.DirectoryOf(path) == folder)
                .Select(MemoryPath.NameOf).Order(StringComparer.Ordinal)];
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
            _directories.UnionWith(MemoryPath.WithParents(MemoryPath.Normalize(path)));
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            var content = Find("rename", from);
            var target = MemoryPath.Normalize(to);
            RequireDirectory("rename to", to, MemoryPath.DirectoryOf(target));
            _files.Remove(MemoryPath.Normalize(from));
            _files[target] = content;
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            if (!_files.Remove(MemoryPath.Normalize(path)))
                throw FileErrors.NotFound("delete", path);
        }
    }

    public bool TryLink(string existing, string link)
    {
        lock (_lock)
        {
            var content = Find("link", existing);
            var target = MemoryPath.Normalize(link);
            RequireDirectory("link", link, MemoryPath.DirectoryOf(target));
            if (!_files.TryAdd(target, content))
                throw FileErrors.Failed("link", link, "a file of that name exists");
            return true;
        }
    }

    public FileStamp? StampOf(string path)
    {
        lock (_lock)
            return Find("look at", path).Stamp;
    }

    public ValueTask SyncDirectoryAsync(string path)
    {
        lock (_lock)
            RequireDirectory("sync", path, MemoryPath.Normalize(path));
        return ValueTask.CompletedTask;
    }

    public IDisposable Lock(string path, bool exclusive)
    {
        var content = FindOrAdd("lock", path);
        var holder = _locks.Acquire(MemoryPath.Normalize(path), exclusive);
        if (exclusive)
            content.Write(0, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        return holder;
    }

    /// <summary>What the garbage collector may still use.</summary>
    public long AvailableBytes(string path)
    {
        var memory = GC.GetGCMemoryInfo();
        return Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
    }

    private MemoryFileContent FindOrAdd(string operation, string path)
    {
        var normal = MemoryPath.Normalize(path);
        lock (_lock)
        {
            RequireDirectory(operation, path, MemoryPath.DirectoryOf(normal));
            if (!_files.TryGetValue(normal, out var content))
                _files.Add(normal, content = new MemoryFileContent());
            return content;
        }
    }

    private MemoryFileContent Find(string operation, string path) =>
        _files.TryGetValue(MemoryPath.Normalize(path), out var content)
            ? content
            : throw FileErrors.NotFound(operation, path);

    private void RequireDirectory(string operation, string path, string folder)
    {
        if (!_directories.Contains(folder))
            throw FileErrors.NotFound(operation, path);
    }
}
