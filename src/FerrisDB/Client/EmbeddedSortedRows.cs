namespace FerrisDB;

/// <summary>Rows that become tables of a database in this process.</summary>
internal sealed class EmbeddedSortedRows(EmbeddedRoles roles, RequestLimits limits) : ISortedRows
{
    private readonly TableLoad _rows = roles.BeginLoad();

    public ValueTask AddAsync(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        limits.CheckWritten(key);
        limits.CheckValue(value);
        _rows.Add(key, value);
        return default;
    }

    public ValueTask<long> CommitAsync() => _rows.CommitAsync();

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
