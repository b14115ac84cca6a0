namespace FerrisDB;

/// <summary>A part of the special keys: what it holds when somebody looks.</summary>
/// <param name="prefix">Its keys begin so; one without an end of its own is a single key.</param>
/// <param name="isRange">It has keys behind the prefix, not the prefix itself.</param>
/// <param name="read">Its rows, sorted by key. Called under the transaction's gate.</param>
internal sealed class SpecialModule(
    string prefix, bool isRange, Func<TransactionContext, byte[], List<SpecialRow>> read)
{
    private static readonly byte[] Space = [0xff, 0xff, (byte)'/'];

    /// <summary>The first key that it may have.</summary>
    public byte[] Begin { get; } = [.. Space, .. System.Text.Encoding.UTF8.GetBytes(prefix)];

    /// <summary>The first key behind it.</summary>
    public byte[] End { get; } = isRange
        ? [.. Space, .. System.Text.Encoding.UTF8.GetBytes(prefix[..^1]), (byte)(prefix[^1] + 1)]
        : [.. Space, .. System.Text.Encoding.UTF8.GetBytes(prefix), 0];

    /// <summary>Sets one of its keys, which is given without the prefix; null if nobody can.</summary>
    public SpecialWrite? Write { get; init; }

    /// <summary>
    /// Clears its keys from one to another, which are given without the prefix; null if nobody can. An end without
    /// anything is that of all its keys.
    /// </summary>
    public SpecialWrite? Clear { get; init; }

    /// <summary>A transaction of a tenant may look at it too.</summary>
    public bool IsOfTenants { get; init; }

    /// <summary>It can be read whatever the transaction has met, until that is cancelled.</summary>
    public bool OutlivesErrors { get; init; }

    /// <summary>It can be read after the commit as well.</summary>
    public bool OutlivesCommit { get; init; }

    public List<SpecialRow> Read(TransactionContext context) => read(context, Begin);

    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && key.SequenceCompareTo(End) < 0;

    /// <summary>True if a range that ends at a key can lie in it.</summary>
    public bool ContainsEnd(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && key.SequenceCompareTo(End) <= 0;

    /// <summary>True if a key is the end of the module.</summary>
    public bool IsEnd(ReadOnlySpan<byte> key) => key.SequenceEqual(End);

    public bool Overlaps(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        begin.SequenceCompareTo(End) < 0 && end.SequenceCompareTo(Begin) > 0;
}
