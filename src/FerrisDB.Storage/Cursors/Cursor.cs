using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// A place among the keys of a database, as they were when the cursor was opened, that can move both ways.
/// </summary>
/// <remarks>
/// For one thread at a time. Opening and moving allocate nothing: this is a handle, and copies of it are one and the
/// same cursor. It holds MemTables and table files until it is disposed, and must not be used after that; one that is
/// forgotten is let go by the garbage collector, later. Every move returns <see cref="IsValid"/>.
/// A move may throw <see cref="FerrisException"/> (<see cref="ErrorCode.FileCorrupt"/>,
/// <see cref="ErrorCode.IoError"/>); the cursor then stands nowhere.
/// </remarks>
public readonly struct Cursor : IDisposable
{
    private readonly OpenCursor? _open;

    // What is behind the handle serves the next cursor once this one is disposed.
    private readonly int _generation;

    internal Cursor(OpenCursor open)
    {
        _open = open;
        _generation = open.Generation;
    }

    /// <summary>True if the cursor stands on a key.</summary>
    public bool IsValid => _open is { } open && open.Generation == _generation && open.Visible.IsValid;

    /// <summary>The version that is shown.</summary>
    public long Version => Open.Version;

    /// <summary>The key under the cursor, valid until it moves.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public ReadOnlySpan<byte> Key => Standing.Visible.Key;

    /// <summary>The value under the cursor, valid until it moves.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key, or shows keys only.</exception>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            var visible = Standing.Visible;
            if (visible.IsKeysOnly)
                ThrowKeysOnly();
            return visible.Value;
        }
    }

    private OpenCursor Open
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var open = _open;
            if (open is null || open.Generation != _generation)
                ThrowDisposed();
            return open;
        }
    }

    private OpenCursor Standing
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var open = Open;
            if (!open.Visible.IsValid)
                ThrowNotStanding();
            return open;
        }
    }

    /// <summary>Moves to the first key within the bounds.</summary>
    public bool SeekToFirst() => Open.ToMove().SeekToFirst();

    /// <summary>Moves to the last key within the bounds.</summary>
    public bool SeekToLast() => Open.ToMove().SeekToLast();

    /// <summary>Moves to the first key at or behind <paramref name="key"/>.</summary>
    public bool Seek(ReadOnlySpan<byte> key) => Open.ToMove().Seek(key);

    /// <summary>Moves to the last key before <paramref name="key"/>.</summary>
    public bool SeekBefore(ReadOnlySpan<byte> key) => Open.ToMove().SeekBefore(key);

    /// <summary>Moves to the next key.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public bool Next() => Standing.ToMove().Next();

    /// <summary>Moves to the key before.</summary>
    /// <exception cref="InvalidOperationException">The cursor does not stand on a key.</exception>
    public bool Previous() => Standing.ToMove().Previous();

    /// <summary>Lets go what the cursor holds. May be called twice.</summary>
    public void Dispose() => _open?.Close(_generation);

    [DoesNotReturn]
    private static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Cursor));

    private static void ThrowNotStanding() => throw new InvalidOperationException(
        "The cursor does not stand on a key: check what the move returned.");

    private static void ThrowKeysOnly() =>
        throw new InvalidOperationException("This cursor was opened with KeysOnly: it has no values.");
}
