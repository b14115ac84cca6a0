using FerrisDB.Storage;

namespace FerrisDB.TestKit;

// As a file's content does, the names live twice: as programs see them, and as the disk has them. Between are the
// unsynced changes, in order. When the power fails the disk has got each of them or not, independently of the others;
// each is atomic by itself. Syncing a folder makes the changes in that folder durable, and nothing else does: neither
// syncing the file (although ext4 would) nor syncing another folder.

/// <summary>The names of files and folders on a disk that may lose power.</summary>
/// <remarks>The file system that owns it serialises access. Paths are normalized.</remarks>
internal sealed class CrashableNames
{
    private readonly Tree _current;
    private readonly Tree _durable;
    private readonly List<Change> _unsynced;

    public CrashableNames()
        : this(new Tree(), new Tree(), [])
    {
    }

    private CrashableNames(Tree current, Tree durable, List<Change> unsynced)
    {
        _current = current;
        _durable = durable;
        _unsynced = unsynced;
    }

    public IEnumerable<string> Files => _current.Files.Keys;

    public bool DirectoryExists(string path) => _current.Directories.Contains(path);

    public CrashableContent? Find(string path) => _current.Files.GetValueOrDefault(path);

    public void Add(string path, CrashableContent content) => Apply(new Change(null, path, content));

    public void Remove(string path) => Apply(new Change(path, null, _current.Files[path]));

    public void Rename(string from, string to) => Apply(new Change(from, to, _current.Files[from]));

    /// <summary>Adds a folder; one that <paramref name="isDurable"/> is on the disk at once.</summary>
    public void AddDirectory(string path, bool isDurable)
    {
        Apply(new Change(null, path, Content: null));
        if (isDurable)
            Sync(change => change.Content is null && change.To == path);
    }

    public void SyncDirectory(string path) => Sync(change => change.Directory == path);

    /// <summary>The same names with their unsynced changes, for a machine that goes on without the process.</summary>
    public CrashableNames AfterKill()
    {
        var copies = Contents(_current, _durable, _unsynced)
            .ToDictionary(content => content, content => content.AfterKill());
        return new CrashableNames(
            _current.Copy(copies), _durable.Copy(copies), [.. _unsynced.Select(change => change.Copy(copies))]);
    }

    /// <summary>What the disk holds when the power returns.</summary>
    public CrashableNames AfterPowerFailure(CrashOdds odds)
    {
        var survivor = _durable.Copy();
        foreach (var change in _unsynced.Where(_ => odds.KeepsName()))
            change.ApplyTo(survivor);
        survivor.RemoveOrphans();

        var copies = Contents(survivor).ToDictionary(content => content, content => content.AfterPowerFailure(odds));
        return new CrashableNames(survivor.Copy(copies), survivor.Copy(copies), []);
    }

    private void Apply(Change change)
    {
        _unsynced.Add(change);
        change.ApplyTo(_current);
    }

    private void Sync(Predicate<Change> isSynced)
    {
        foreach (var change in _unsynced.FindAll(isSynced))
            change.ApplyTo(_durable);
        _unsynced.RemoveAll(isSynced);
    }

    /// <summary>Each content once, in the order of its first name: dice must fall the same way each time.</summary>
    private static IEnumerable<CrashableContent> Contents(
        Tree first, Tree? second = null, List<Change>? changes = null) =>
        first.Files.Values.Concat(second?.Files.Values ?? Enumerable.Empty<CrashableContent>())
            .Concat((changes ?? []).Select(change => change.Content).OfType<CrashableContent>())
            .Distinct();

    private sealed class Tree
    {
        public SortedDictionary<string, CrashableContent> Files { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Directories { get; } = new(StringComparer.Ordinal) { MemoryPath.Root };

        public Tree Copy(Dictionary<CrashableContent, CrashableContent>? copies = null)
        {
            var copy = new Tree();
            copy.Directories.UnionWith(Directories);
            foreach (var (path, content) in Files)
                copy.Files.Add(path, copies is null ? content : copies[content]);
            return copy;
        }

        /// <summary>Drops what lies in folders that do not exist.</summary>
        public void RemoveOrphans()
        {
            foreach (var directory in Directories.ToArray())
            {
                if (!MemoryPath.WithParents(directory).All(Directories.Contains))
                    Directories.Remove(directory);
            }

            foreach (var path in Files.Keys.ToArray())
            {
                if (!Directories.Contains(MemoryPath.DirectoryOf(path)))
                    Files.Remove(path);
            }
        }
    }

    /// <summary>A name that goes, a name that comes, or both at once; a folder has no content.</summary>
    private readonly record struct Change(string? From, string? To, CrashableContent? Content)
    {
        public string Directory => MemoryPath.DirectoryOf(To ?? From!);

        public void ApplyTo(Tree tree)
        {
            if (Content is null)
            {
                tree.Directories.Add(To!);
                return;
            }

            // The name may stand for another file here, if an earlier change was lost.
            if (From is not null && tree.Files.GetValueOrDefault(From) == Content)
                tree.Files.Remove(From);
            if (To is not null)
                tree.Files[To] = Content;
        }

        public Change Copy(Dictionary<CrashableContent, CrashableContent> copies) =>
            this with { Content = Content is null ? null : copies[Content] };
    }
}
