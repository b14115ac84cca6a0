namespace FerrisDB.Storage;

/// <summary>The tables of a database at one moment, held, and the manifest's state that names exactly them.</summary>
internal sealed class FrozenTree : IDisposable
{
    private FrozenTree(ManifestEdit snapshot, TableSet tables)
    {
        Snapshot = snapshot;
        Tables = tables;
    }

    public ManifestEdit Snapshot { get; }

    /// <summary>No file of it goes away before this is disposed.</summary>
    public TableSet Tables { get; }

    /// <summary>Of a database that is open for writing.</summary>
    public static async ValueTask<FrozenTree> TakeAsync(LsmTree tree) =>
        await tree.WithoutInstallsAsync(manifest =>
            ValueTask.FromResult(new FrozenTree(manifest.State.ToSnapshot(), Hold(tree))));

    /// <summary>Of a database that is open for reading: nobody changes it.</summary>
    public static FrozenTree Take(LsmTree tree, ManifestState state) => new(state.ToSnapshot(), Hold(tree));

    public void Dispose() => Tables.Release();

    private static TableSet Hold(LsmTree tree)
    {
        var view = tree.AcquireView();
        var isHeld = view.Tables.TryAcquire();
        Invariant.That(isHeld);
        var tables = view.Tables;
        view.Release();
        return tables;
    }
}
