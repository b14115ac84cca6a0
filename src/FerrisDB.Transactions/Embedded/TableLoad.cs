namespace FerrisDB.Transactions;

/// <summary>Rows in ascending order that become tables, as one transaction that sets each of them.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class TableLoad(EmbeddedRoles roles) : IAsyncDisposable
{
    private readonly SortedRun _rows = roles.Engine.BeginSortedRun();

    /// <summary>Rows so far.</summary>
    public long Count => _rows.Count;

    /// <summary>The first key behind all of them.</summary>
    public byte[] End => _rows.End;

    /// <inheritdoc cref="SortedRun.Add"/>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _rows.Add(key, value);

    /// <summary>Lets everybody see them. Returns the version.</summary>
    public ValueTask<long> CommitAsync() => roles.IngestAsync(_rows);

    public ValueTask DisposeAsync()
    {
        _rows.Dispose();
        return default;
    }
}
