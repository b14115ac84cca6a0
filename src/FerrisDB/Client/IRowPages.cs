namespace FerrisDB;

/// <summary>All rows of a range at one version, page by page: from this process, or from a server.</summary>
internal interface IRowPages : IAsyncDisposable
{
    long Version { get; }

    /// <summary>The next rows, which may be read until the next call. False if they are the last ones.</summary>
    ValueTask<(RowBuffer Rows, bool More)> NextAsync();
}
