namespace FerrisDB.Storage;

/// <summary>
/// A place among the keys of a database, as they were when the cursor was opened, that can move both ways.
/// </summary>
/// <remarks>
/// For one thread at a time. Holds MemTables and table files until it is disposed; one that is forgotten is let go by
/// the garbage collector, later. Moving allocates nothing. Every move returns <see cref="IsValid"/>.
/// A move may throw <see cref="FerrisException"/> (<see cref="ErrorCode.FileCorrupt"/>,
/// <see cref="ErrorCode.IoError"/>).
/// </remarks>
public sealed class Cursor : IDisposable
{
    private readonly StorageEngine _engine;
    private readonly bool _keysOnly;
    private OpenCursor? _open;

    internal Cursor(StorageEngine engine, OpenCursor open, bool keysOnly)
    {
        _engine = engine;
        _open = open;
        _keysOnly = keysOnly;
    }

    /// <summary>Lets go what is held if nobody did.</summary>
    ~Cursor() => Dispose();

    /// <summary>True if the cursor stands on a key.</summary>
    public bool IsValid => _open is { } open && open.Visible.IsValid;

    /// <summary>The version that is shown.</summary>
    public long Version => Open.Version;

    /// <summary>The key under the cursor, valid until it moves.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public ReadOnlySpan<byte> Key => Standing.Key;

    /// <summary>The value under the cursor, valid until it moves.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key, or shows keys only.</exception>
    public ReadOnlySpan<byte> Value => _keysOnly
        ? throw new InvalidOperationException("This cursor was opened with KeysOnly: it has no values.")
        : Standing.Value;

    private OpenCursor Open
    {
        get
        {
            ObjectDisposedException.ThrowIf(_open is null, this);
            _engine.ThrowIfDisposed();
            return _open;
        }
    }

    private VisibleCursor Standing
    {
        get
        {
            var visible = Open.Visible;
            return visible.IsValid
                ? visible
                : throw new InvalidOperationException(
                    "The cursor does not stand on a key: check what the move returned.");
        }
    }

    /// <summary>Moves to the first key within the bounds.</summary>
    public bool SeekToFirst() => Open.Visible.SeekToFirst();

    /// <summary>Moves to the last key within the bounds.</summary>
    public bool SeekToLast() => Open.Visible.SeekToLast();

    /// <summary>Moves to the first key at or behind <paramref name="key"/>.</summary>
    public bool Seek(ReadOnlySpan<byte> key) => Open.Visible.Seek(key);

    /// <summary>Moves to the last key before <paramref name="key"/>.</summary>
    public bool SeekBefore(ReadOnlySpan<byte> key) => Open.Visible.SeekBefore(key);

    /// <summary>Moves to the next key.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public bool Next() => Standing.Next();

    /// <summary>Moves to the key before.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public bool Previous() => Standing.Previous();

    /// <summary>Lets go what the cursor holds. May be called twice.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _open, null)?.Close();
        GC.SuppressFinalize(this);
    }
}
