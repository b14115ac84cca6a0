using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>The arguments that choose keys: <c>[BEGIN [END]] [--prefix P]</c>.</summary>
internal sealed class KeyBounds
{
    private static readonly byte[] FirstSystemKey = [0xFF];
    private static readonly byte[] EndOfSystemKeys = [0xFF, 0xFF];

    private readonly Argument<string?> _begin = new("begin")
    {
        Description = @"The first key; \xNN writes a byte. Left out: the first of all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _end = new("end")
    {
        Description = "The first key not to be taken any more. Left out: none.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _prefix = new("--prefix") { Description = "Take the keys that begin so." };

    public void AddTo(Command command)
    {
        command.Add(_begin);
        command.Add(_end);
        command.Add(_prefix);
    }

    /// <summary>The entries that were chosen, as the transaction that is open sees them.</summary>
    /// <param name="context">The database.</param>
    /// <param name="keysOnly">The values are not wanted.</param>
    /// <param name="isReverse">Begin with the last one.</param>
    /// <param name="limit">So many at most; 0 is all.</param>
    public IEntries Read(VerbContext context, bool keysOnly, bool isReverse = false, long limit = 0)
    {
        var (begin, end) = Bounds(context);
        return Read(context, begin, end, keysOnly, isReverse, limit);
    }

    /// <summary>The entries of a range, null being its first or last key.</summary>
    public static IEntries Read(
        VerbContext context, byte[]? begin, byte[]? end, bool keysOnly, bool isReverse, long limit)
    {
        if (begin is not null && end is not null)
            _ = new KeyRange(begin, end);
        if (!context.Session.ReadsEngine)
        {
            var range = new KeyRange(begin ?? [], end ?? (begin is [0xFF, ..] ? EndOfSystemKeys : FirstSystemKey));
            return context.Session.Transaction is { } transaction
                ? new TransactionEntries(transaction, range, isReverse, limit)
                : new ServedEntries(context.Session, range, isReverse, limit);
        }
        return new CursorEntries(OpenCursor(context, begin, end, keysOnly), isReverse, limit);
    }

    /// <summary>The entries that were chosen, as they are committed, whatever transaction is open.</summary>
    public IEntries ReadCommitted(VerbContext context)
    {
        var (begin, end) = Bounds(context);
        return context.Session.IsRemote
            ? StreamedEntries.Open(context.Session, new KeyRange(begin ?? [], end ?? FirstSystemKey))
            : new CursorEntries(OpenCursor(context, begin, end, keysOnly: false), isReverse: false, limit: 0);
    }

    /// <summary>The keys that were chosen; null if that is all of them.</summary>
    public KeyRange? RangeOrAll(VerbContext context) => Bounds(context) is (null, null) ? null : Range(context);

    /// <summary>The keys that were chosen.</summary>
    public KeyRange Range(VerbContext context)
    {
        var (begin, end) = Bounds(context);
        var behindAll = new byte[context.Session.KeySizeLimitBytes + 1];
        behindAll.AsSpan().Fill(byte.MaxValue);
        return new KeyRange(begin ?? [], end ?? behindAll);
    }

    private static Cursor OpenCursor(VerbContext context, byte[]? begin, byte[]? end, bool keysOnly) =>
        context.Engine.OpenCursor(new CursorOptions { LowerBound = begin, UpperBound = end, KeysOnly = keysOnly });

    private (byte[]? Begin, byte[]? End) Bounds(VerbContext context)
    {
        var begin = context.KeyOrNull(_begin);
        var end = context.KeyOrNull(_end);
        if (context.Value(_prefix) is { } prefix)
        {
            if (begin is not null)
                throw new UsageException("--prefix chooses the keys already: leave BEGIN and END out.");
            begin = KeyWord.Parse(prefix, context.Session);
            end = EndOfPrefix(begin);
        }
        if (begin is not null && end is not null)
            _ = new KeyRange(begin, end);
        return (begin, end);
    }

    /// <summary>The first key behind all keys with a prefix, or null if there is none.</summary>
    public static byte[]? EndOfPrefix(ReadOnlySpan<byte> prefix)
    {
        prefix = prefix.TrimEnd((byte)0xFF);
        if (prefix.IsEmpty)
            return null;
        var end = prefix.ToArray();
        end[^1]++;
        return end;
    }
}
