using System.Text;

namespace FerrisDB;

/// <summary>A part of the special keys: what it holds when somebody looks.</summary>
internal sealed class SpecialModule
{
    private static readonly byte[] Space = [0xff, 0xff, (byte)'/'];

    /// <summary>Makes a module.</summary>
    /// <param name="prefix">Its keys begin so; one without an end of its own is a single key.</param>
    /// <param name="isRange">It has keys behind the prefix, not the prefix itself.</param>
    /// <param name="isAlone">No other module is read together with it, though its name has parts.</param>
    public SpecialModule(string prefix, bool isRange, bool isAlone = false)
    {
        Begin = Key(prefix);
        End = isRange ? BehindSlash(prefix) : [.. Begin, 0];
        var first = prefix[..(prefix.IndexOf('/', StringComparison.Ordinal) + 1)];
        Family = isAlone || first.Length == 0
            ? new KeyRange(Begin, End)
            : new KeyRange(Key(first), BehindSlash(first));
    }

    /// <summary>The first key that it may have.</summary>
    public byte[] Begin { get; }

    /// <summary>The first key behind it.</summary>
    public byte[] End { get; }

    /// <summary>Where a range may go through other modules too: those with the same first name.</summary>
    public KeyRange Family { get; }

    /// <summary>Its rows, sorted by key. Called under the transaction's gate.</summary>
    public Func<TransactionContext, byte[], List<SpecialRow>> Read { get; init; } = static (_, _) => [];

    /// <summary>Its rows, if the database has to be asked; then there is no other way.</summary>
    public SpecialRead? ReadStored { get; init; }

    /// <summary>What it tells, a server has to say where there is one.</summary>
    public bool NeedsServer { get; init; }

    /// <summary>
    /// Whoever looks at it, or writes it, goes past a lock of the database with all that he does from then on.
    /// </summary>
    public bool GoesPastLock { get; init; }

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

    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && key.SequenceCompareTo(End) < 0;

    /// <summary>True if a range that ends at a key can lie in it.</summary>
    public bool ContainsEnd(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && key.SequenceCompareTo(End) <= 0;

    /// <summary>True if a key is the end of the module.</summary>
    public bool IsEnd(ReadOnlySpan<byte> key) => key.SequenceEqual(End);

    public bool Overlaps(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        begin.SequenceCompareTo(End) < 0 && end.SequenceCompareTo(Begin) > 0;

    private static byte[] Key(string name) => [.. Space, .. Encoding.UTF8.GetBytes(name)];

    private static byte[] BehindSlash(string prefix) => [.. Key(prefix[..^1]), (byte)('/' + 1)];
}
