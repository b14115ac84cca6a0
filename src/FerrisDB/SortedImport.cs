namespace FerrisDB;

/// <summary>
/// Many rows in ascending order that become tables of the database, past the log: the fastest way to load much data.
/// All of them become visible at one version, or none.
/// </summary>
/// <remarks>
/// For one thread at a time. Made by <see cref="Database.BeginSortedImportAsync"/>. It counts as one transaction that
/// reads nothing and sets each of the rows: rows that are there already get new values, others stay; watches fire; and
/// a transaction that began before and reads anything between the first and the last key conflicts. There is no limit
/// of size or time. FoundationDB has no such thing.
/// </remarks>
public sealed class SortedImport : IAsyncDisposable
{
    private readonly ISortedRows _rows;
    private bool _isEnded;

    internal SortedImport(ISortedRows rows) => _rows = rows;

    /// <summary>Rows that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="key">Behind all keys before, and of the length that keys may have.</param>
    /// <param name="value">Of the length that values may have.</param>
    /// <remarks>
    /// Rows go out in large parts: what is wrong with one may be told by a later call, or by <see cref="CommitAsync"/>.
    /// </remarks>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ClientInvalidOperation"/>: the keys do not ascend. <see cref="ErrorCode.KeyTooLarge"/>,
    /// <see cref="ErrorCode.ValueTooLarge"/>, <see cref="ErrorCode.KeyOutsideLegalRange"/>,
    /// <see cref="ErrorCode.PermissionDenied"/>, <see cref="ErrorCode.DiskFull"/>. Of a server
    /// <see cref="ErrorCode.ConnectionFailed"/>, <see cref="ErrorCode.TimedOut"/>. Nothing is in the database then.
    /// </exception>
    public ValueTask AddAsync(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(_isEnded, this);
        Count++;
        return _rows.AddAsync(key, value);
    }

    /// <summary>Ends the import: when this returns, everybody sees all rows, and they survive power loss.</summary>
    /// <returns>The version; of no rows the database's own, or 0.</returns>
    /// <exception cref="FerrisException">
    /// As <see cref="AddAsync"/>. <see cref="ErrorCode.CommitUnknownResult"/>: the connection was lost; all rows are
    /// there, or none. <see cref="ErrorCode.IoError"/>: the same, and writes have stopped.
    /// </exception>
    public ValueTask<long> CommitAsync()
    {
        ObjectDisposedException.ThrowIf(_isEnded, this);
        _isEnded = true;
        return _rows.CommitAsync();
    }

    /// <summary>Lets go of all that was not committed.</summary>
    public ValueTask DisposeAsync()
    {
        _isEnded = true;
        return _rows.DisposeAsync();
    }
}
