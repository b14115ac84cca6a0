using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>
/// Where each engine's loaded database lies: in the run's own folder, or in one that outlives the run. To load twenty
/// million entries takes minutes, and whoever tries something out wants them again and again.
/// </summary>
internal sealed class LoadedDatabases(BenchOptions options, string runFolder)
{
    private readonly bool _isKept = options.KeepLoaded.Length > 0;

    private readonly string _folder =
        options.KeepLoaded.Length > 0 ? Path.GetFullPath(options.KeepLoaded) : Path.Combine(runFolder, "loaded");

    // What a database holds and how; what else differs between two runs does not matter.
    private readonly string _content = string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Entries} entries of {options.ValueSize} B, {options.KeyStyle}, blocks of {options.BlockKb} KiB\n");

    public string FolderOf(EngineDescription engine) => Path.Combine(_folder, engine.Name);

    /// <summary>True if an earlier run has left the database that this one wants. Removes another one.</summary>
    public bool IsKept(EngineDescription engine)
    {
        if (!_isKept)
            return false;
        if (File.Exists(MarkOf(engine)) && File.ReadAllText(MarkOf(engine)) == _content)
            return true;
        Directory.CreateDirectory(_folder);
        File.Delete(MarkOf(engine));
        DatabaseFolder.Remove(FolderOf(engine));
        return false;
    }

    /// <summary>Notes what the database holds, once it is complete.</summary>
    public void Keep(EngineDescription engine)
    {
        if (_isKept)
            File.WriteAllText(MarkOf(engine), _content);
    }

    private string MarkOf(EngineDescription engine) => FolderOf(engine) + ".loaded";
}
