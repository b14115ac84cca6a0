using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// What a cursor needs while it is open: a view, the runs of that view merged, and the versions resolved.
/// </summary>
/// <remarks>Serves one <see cref="Cursor"/> after the other; the generation tells them apart.</remarks>
internal sealed class OpenCursor(OpenCursorPool pool)
{
    private readonly LevelCursor?[] _levels = new LevelCursor?[TableSet.LevelCount - 1]; // of the occupied ones
    private StorageEngine? _engine;
    private ReadView? _view;
    private int _generation;

    /// <summary>Lets go what is held if nobody did.</summary>
    ~OpenCursor()
    {
        if (_view is null)
            return;
        LetGo();
        pool.Release();
    }

    /// <summary>Changes when a cursor is closed.</summary>
    public int Generation => _generation;

    public VisibleCursor Visible { get; } = new();

    public long Version { get; private set; }

    /// <summary>What shows the keys, for a move: not once the engine is disposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public VisibleCursor ToMove()
    {
        _engine!.ThrowIfDisposed();
        return Visible;
    }

    /// <summary>Takes over the reference to the view.</summary>
    public void Start(StorageEngine engine, ReadView view, long version, in CursorOptions options)
    {
        _engine = engine;
        _view = view;
        Version = version;
        Visible.Reset(version, options.LowerBound, options.UpperBound, options.KeysOnly);
        Visible.LargeValue.Open(pool.TableCache.Blobs, view.Tables.Blobs);
        var run = 0;
        AddMemTable(view.Active, run++);
        foreach (var memTable in view.Sealed)
            AddMemTable(memTable, run++);
        var tables = view.Tables;
        if (tables.HasRangeTombstones)
            AddRangeTombstones(tables, run);
        foreach (var table in tables.Young.Tables)
            Visible.Merge.Add(pool.TableCache.OpenCursor(table), run++);
        var levels = tables.Occupied;
        for (var index = 0; index < levels.Length; index++)
            Visible.Merge.Add((_levels[index] ??= new LevelCursor()).Over(levels[index], pool.TableCache), run + index);
    }

    /// <summary>Lets everything go and returns to the pool, unless that cursor is closed already.</summary>
    public void Close(int generation)
    {
        if (Interlocked.CompareExchange(ref _generation, generation + 1, generation) != generation)
            return;
        LetGo();
        pool.Return(this);
    }

    private void LetGo()
    {
        Visible.Clear();
        _view?.Release();
        _view = null;
        _engine = null;
    }

    // An empty MemTable cannot get anything at or below the version any more: the version was read before.
    private void AddMemTable(MemTable memTable, int run)
    {
        Visible.AddRangeTombstones(memTable.RangeTombstones, run);
        if (!memTable.IsEmpty)
            Visible.Merge.Add(memTable.OpenCursor(), run);
    }

    // The run is that of the newest table.
    private void AddRangeTombstones(TableSet tables, int run)
    {
        foreach (var table in tables.Young.Tables)
            AddRangeTombstones(table, run++);
        foreach (var level in tables.Occupied)
        {
            foreach (var table in level.Tables)
                AddRangeTombstones(table, run);
            run++;
        }
    }

    private void AddRangeTombstones(TableHandle table, int run)
    {
        if (table.Metadata.RangeTombstoneCount == 0)
            return;
        using var epoch = Epochs.Enter();
        Visible.AddRangeTombstones(pool.TableCache.Get(table).RangeTombstones, run);
    }
}
