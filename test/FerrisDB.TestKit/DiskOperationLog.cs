using System.Globalization;

namespace FerrisDB.TestKit;

/// <summary>Remembers what a disk was asked for, to be printed when a test fails.</summary>
/// <remarks>The owner serialises access. Only the newest operations are kept.</remarks>
internal sealed class DiskOperationLog
{
    private const int EntriesMax = 1_000;

    private readonly Queue<DiskOperation> _newest = [];

    /// <summary>All operations ever, also those that are no longer kept.</summary>
    public long Count { get; private set; }

    public void Add(DiskOperation operation)
    {
        Count++;
        _newest.Enqueue(operation);
        if (_newest.Count > EntriesMax)
            _newest.Dequeue();
    }

    /// <summary>One line for each operation: its number and what it was.</summary>
    public override string ToString()
    {
        var first = Count - _newest.Count;
        var lines = _newest.Select((operation, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{first + i,6}  {operation}"));
        return string.Join('\n', lines);
    }
}
