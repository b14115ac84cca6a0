using System.Buffers;

namespace FerrisDB.Transactions;

/// <summary>Serves the keys of a database at any version of the last seconds, or of a snapshot.</summary>
/// <remarks>
/// Thread-safe, but for what says that the deciding thread calls it. The window of versions lives in the engine's own
/// MemTables and tables: nothing is kept a second time.
/// </remarks>
internal sealed class StorageServer
{
    private readonly StorageEngine _engine;
    private readonly VersionWindow _window;

    public StorageServer(StorageEngine engine, TimeProvider clock, TimeSpan window)
    {
        _engine = engine;
        _window = new VersionWindow(clock, window, engine.LastVersion);
        // What the last life of the database kept readable is nobody's any more.
        if (!engine.Options.ReadOnly)
            engine.SetFloor(engine.LastVersion);
        Watches = new Watches(this);
    }

    /// <summary>The newest version that readers may see.</summary>
    public long LastVersion => Math.Max(_engine.LastVersion, Sequencer.FirstVersion);

    /// <summary>The oldest version that readers may still ask for without a snapshot.</summary>
    public long Floor => _window.Floor;

    public int ValueSizeLimitBytes => _engine.Options.ValueSizeLimitBytes;

    public Watches Watches { get; }

    /// <summary>By the deciding thread: lets old versions go. True if the floor has moved.</summary>
    public bool AdvanceWindow(long now)
    {
        if (!_window.IsDue(now) || !_window.Advance(_engine.LastVersion, now))
            return false;
        // The window's floor moves first: a reader looks at it after it has its view, and only what is below the
        // engine's floor is dropped from later views.
        _engine.SetFloor(_window.Floor);
        return true;
    }

    /// <summary>
    /// By the deciding thread: appends the value as the commits before have left it. False if absent.
    /// </summary>
    public bool TryGetApplied(ReadOnlySpan<byte> key, IBufferWriter<byte> destination)
    {
        using var epoch = Epochs.Enter();
        if (!_engine.FindAt(key, EntryTag.VersionMax, out var value))
            return false;
        destination.Write(value);
        return true;
    }

    /// <summary>The value of a key at a version (a copy), or null if it is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">A version that was committed.</param>
    /// <param name="isHeld">A snapshot keeps the version readable, however old it is.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TransactionTooOld"/>.</exception>
    public byte[]? Get(ReadOnlySpan<byte> key, long version, bool isHeld)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ReadsAreTooNew)
            version = Math.Max(version, LastVersion);
#endif
        using var epoch = Epochs.Enter();
        var isPresent = _engine.FindAt(key, version, out var value);
        if (!isHeld)
            ThrowIfTooOld(version);
        return isPresent ? value.ToArray() : null;
    }

    /// <summary>Copies a value as far as it fits and tells its length; false if the key is absent.</summary>
    /// <inheritdoc cref="Get"/>
    public bool TryRead(
        ReadOnlySpan<byte> key, long version, bool isHeld, IBufferWriter<byte> destination)
    {
        using var epoch = Epochs.Enter();
        var isPresent = _engine.FindAt(key, version, out var value);
        if (!isHeld)
            ThrowIfTooOld(version);
        if (isPresent)
        {
            // Who knows the length at once need not grow.
            value.CopyTo(destination.GetSpan(value.Length));
            destination.Advance(value.Length);
        }
        return isPresent;
    }

    /// <summary>Opens a cursor over the keys at a version. Dispose it.</summary>
    /// <inheritdoc cref="Get"/>
    public Cursor OpenCursor(long version, bool isHeld, CursorOptions options)
    {
        var cursor = _engine.OpenCursorAt(version, options);
        if (isHeld || version >= _window.Floor)
            return cursor;
        cursor.Dispose();
        throw TooOld(version);
    }

    private void ThrowIfTooOld(long version)
    {
        if (version < _window.Floor)
            throw TooOld(version);
    }

    private FerrisException TooOld(long version) => new(
        ErrorCode.TransactionTooOld,
        $"Version {version} is too old to be read: the oldest that is kept is {Floor}. Run the transaction again, and "
            + "make it shorter; for long reads take a snapshot.");
}
