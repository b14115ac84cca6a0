using System.Collections;

namespace FerrisDB;

/// <summary>A part of a range: some rows, and whether there may be more behind them.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class RangePage : IReadOnlyList<KeyValue>
{
    private readonly RowBuffer _rows;

    internal RangePage(RowBuffer rows, bool more)
    {
        _rows = rows;
        More = more;
    }

    /// <summary>
    /// A limit ended the page: go on behind the last row, if there is one. There may be nothing left.
    /// </summary>
    public bool More { get; }

    /// <summary>Rows of the page.</summary>
    public int Count => _rows.Count;

    /// <summary>A row, in the order of the read.</summary>
    public KeyValue this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _rows[index];
        }
    }

    /// <summary>Goes through the rows.</summary>
    public IEnumerator<KeyValue> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return _rows[index];
    }

    /// <summary>
    /// Lets the next page have its memory: nobody may look at the page, or at a row of it, any more.
    /// </summary>
    internal void LetGo() => _rows.Return();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
