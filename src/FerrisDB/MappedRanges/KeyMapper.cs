using System.Globalization;
using System.Text;
using FerrisDB.Layers;

namespace FerrisDB;

// A mapper is a tuple in which strings of this form stand for parts of the row that is mapped:
//
//     {K[i]}    element i of the row's key, which is a tuple       {{  }}    braces themselves
//     {V[i]}    element i of its value, which is one               {...}     at the end: all keys that begin so
//
// ("users", "{V[0]}", "{...}") leads from an entry of an index to the user whose id is its value.

/// <summary>Leads from the rows of a range to other keys: see <see cref="Transaction.GetMappedPageAsync"/>.</summary>
internal sealed class KeyMapper
{
    private const string Rest = "{...}";

    private readonly TupleValue[] _elements;

    private KeyMapper(TupleValue[] elements, bool isRange)
    {
        _elements = elements;
        IsRange = isRange;
    }

    /// <summary>It leads to all keys with a prefix, not to one key.</summary>
    public bool IsRange { get; }

    public static KeyMapper Parse(ReadOnlySpan<byte> mapper)
    {
        if (!TupleEncoding.TryUnpack(mapper, out var elements))
            throw new FerrisException(ErrorCode.MapperNotTuple, "The mapper is no tuple.");
        for (var index = 0; index < elements.Length - 1; index++)
        {
            if (TextOf(elements[index]) == Rest)
                throw new FerrisException(
                    ErrorCode.MapperBadRangeDescriptor, $"The mapper has {Rest} at place {index}: only its end may.");
        }
        var isRange = elements.Length > 0 && TextOf(elements[^1]) == Rest;
        return new KeyMapper(isRange ? elements[..^1] : elements, isRange);
    }

    /// <summary>The keys that a row leads to: all that begin with a tuple, or one.</summary>
    public KeyRange Map(KeyValue row)
    {
        var mapped = new TupleValue[_elements.Length];
        TupleValue[]? key = null;
        TupleValue[]? value = null;
        for (var index = 0; index < mapped.Length; index++)
            mapped[index] = Map(_elements[index], row, ref key, ref value);
        var packed = TupleEncoding.Pack(mapped);
        return IsRange ? new KeyRange(packed, EndOf(packed)) : new KeyRange(packed, [.. packed, 0]);
    }

    private static TupleValue Map(TupleValue element, KeyValue row, ref TupleValue[]? key, ref TupleValue[]? value)
    {
        if (TextOf(element) is not { } text)
            return element;
        if (text is ['{', 'K' or 'V', '[', .. var digits, ']', '}']
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            var source = text[1] == 'K'
                ? key ??= Unpack(row.Key.Span, ErrorCode.KeyNotTuple, "key")
                : value ??= Unpack(row.Value.Span, ErrorCode.ValueNotTuple, "value");
            return place < source.Length
                ? source[place]
                : throw new FerrisException(
                    ErrorCode.MapperBadIndex, $"The mapper asks for {text}; there are {source.Length} elements.");
        }
        if (!text.Contains('{', StringComparison.Ordinal) && !text.Contains('}', StringComparison.Ordinal))
            return element;
        return element.Kind == TupleValueKind.String ? Unescape(text) : Encoding.UTF8.GetBytes(Unescape(text));
    }

    private static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter is '{' or '}' && (++index == text.Length || text[index] != letter))
                throw new FerrisException(
                    ErrorCode.MapperBadIndex,
                    $"The mapper has \"{text}\": a brace is part of {{K[i]}}, {{V[i]}}, {{...}}, or written twice.");
            result.Append(letter);
        }
        return result.ToString();
    }

    private static TupleValue[] Unpack(ReadOnlySpan<byte> packed, ErrorCode code, string what) =>
        TupleEncoding.TryUnpack(packed, out var elements)
            ? elements
            : throw new FerrisException(code, $"The {what} {KeyText.Of(packed)} of a mapped range is no tuple.");

    private static string? TextOf(TupleValue element) => element.Kind switch
    {
        TupleValueKind.String => element.As<string>(),
        TupleValueKind.Bytes => Encoding.UTF8.GetString(element.As<byte[]>()),
        _ => null,
    };

    // The first key that does not begin with the prefix.
    private static byte[] EndOf(byte[] prefix)
    {
        var last = prefix.AsSpan().LastIndexOfAnyExcept((byte)0xff);
        if (last < 0)
            return KeyLimits.UserEnd;
        byte[] end = prefix[..(last + 1)];
        end[last]++;
        return end;
    }
}
