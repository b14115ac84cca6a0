using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>The arguments that choose keys: <c>[BEGIN [END]] [--prefix P]</c>.</summary>
internal sealed class KeyBounds
{
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

    /// <summary>Opens a cursor over the keys that were chosen.</summary>
    public Cursor Open(VerbContext context, bool keysOnly)
    {
        var (begin, end) = Read(context);
        return context.Engine.OpenCursor(
            new CursorOptions { LowerBound = begin, UpperBound = end, KeysOnly = keysOnly });
    }

    /// <summary>The keys that were chosen; null if that is all of them.</summary>
    public KeyRange? RangeOrAll(VerbContext context) => Read(context) is (null, null) ? null : Range(context);

    /// <summary>The keys that were chosen.</summary>
    public KeyRange Range(VerbContext context)
    {
        var (begin, end) = Read(context);
        var behindAll = new byte[context.Engine.Options.KeySizeLimitBytes + 1];
        behindAll.AsSpan().Fill(byte.MaxValue);
        return new KeyRange(begin ?? [], end ?? behindAll);
    }

    private (byte[]? Begin, byte[]? End) Read(VerbContext context)
    {
        var begin = context.BytesOrNull(_begin);
        var end = context.BytesOrNull(_end);
        if (context.Value(_prefix) is { } prefix)
        {
            if (begin is not null)
                throw new UsageException("--prefix chooses the keys already: leave BEGIN and END out.");
            begin = EscapedText.Parse(prefix);
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
