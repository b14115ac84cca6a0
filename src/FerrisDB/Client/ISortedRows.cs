namespace FerrisDB;

/// <summary>Where the rows of a <see cref="SortedImport"/> go.</summary>
internal interface ISortedRows : IAsyncDisposable
{
    /// <summary>Takes a row; what is handed over is copied before this returns.</summary>
    ValueTask AddAsync(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Lets everybody see them, at the version that is returned.</summary>
    ValueTask<long> CommitAsync();
}
