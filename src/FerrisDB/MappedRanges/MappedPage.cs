namespace FerrisDB;

/// <summary>A part of a mapped range: some rows, and whether there may be more behind them.</summary>
/// <param name="Rows">The rows, in the order of the read.</param>
/// <param name="More">A limit ended the page: go on behind the last row, if there is one.</param>
public sealed record MappedPage(IReadOnlyList<MappedRow> Rows, bool More);
