using System.Globalization;

namespace FerrisDB.TestKit;

/// <summary>One line of a golden script: a name, then arguments <c>name=value</c> and flags without a value.</summary>
/// <remarks>A value with spaces is written in double quotes. What a test does not ask for is refused, so that a typing
/// error in a script is not overlooked.</remarks>
internal sealed class GoldenCommand
{
    private readonly Dictionary<string, string?> _arguments = [];
    private readonly HashSet<string> _unread = [];
    private readonly string _place;

    private GoldenCommand(string name, string place)
    {
        Name = name;
        _place = place;
    }

    public string Name { get; }

    /// <summary>The text of a required argument.</summary>
    public string this[string argument] =>
        Optional(argument) ?? throw Error($"needs {argument}=...");

    /// <summary>The text of an argument, or null if it is not there.</summary>
    public string? Optional(string argument)
    {
        _unread.Remove(argument);
        return _arguments.GetValueOrDefault(argument);
    }

    /// <summary>True if a word stands there without a value.</summary>
    public bool Has(string flag)
    {
        _unread.Remove(flag);
        return _arguments.TryGetValue(flag, out var value) && value is null;
    }

    public long Long(string argument) => ParseLong(argument, this[argument]);

    public long Long(string argument, long otherwise) =>
        Optional(argument) is { } text ? ParseLong(argument, text) : otherwise;

    public int Int(string argument) => checked((int)Long(argument));

    public int Int(string argument, int otherwise) => checked((int)Long(argument, otherwise));

    /// <summary>A number of bytes with a unit: <c>64KiB</c>, <c>32MiB</c>, <c>10GiB</c>, or without one.</summary>
    public long Size(string argument, long otherwise)
    {
        if (Optional(argument) is not { } text)
            return otherwise;
        var digits = text.AsSpan().TrimEnd("KMGTiB");
        var unit = text[digits.Length..] switch
        {
            "" or "B" => 1L,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "TiB" => 1L << 40,
            _ => throw Error($"has no size in {argument}={text}"),
        };
        return unit * ParseLong(argument, digits.ToString());
    }

    /// <summary>Numbers between commas; none if the argument is missing.</summary>
    public long[] Longs(string argument) =>
        Optional(argument) is { } text ? [.. text.Split(',').Select(part => ParseLong(argument, part))] : [];

    /// <summary>For the last arm of the switch over <see cref="Name"/>.</summary>
    public Exception Unknown() => new FormatException($"{_place}: no command is called '{Name}'");

    /// <summary>For what a command cannot do with its arguments.</summary>
    public Exception Error(string what) => new FormatException($"{_place}: {Name} {what}");

    internal static GoldenCommand Parse(string line, string place)
    {
        var words = Words(line, place);
        var command = new GoldenCommand(words[0], place);
        foreach (var word in words.Skip(1))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (!command._arguments.TryAdd(name, equals < 0 ? null : word[(equals + 1)..]))
                throw command.Error($"has {name} twice");
            command._unread.Add(name);
        }
        return command;
    }

    internal void RefuseUnread()
    {
        if (_unread.Count > 0)
            throw Error($"does not know {string.Join(", ", _unread.Order(StringComparer.Ordinal))}");
    }

    private static List<string> Words(string line, string place)
    {
        var words = new List<string>();
        var word = "";
        var isQuoted = false;
        foreach (var character in line + " ")
        {
            if (character == '"')
                isQuoted = !isQuoted;
            else if (character != ' ' || isQuoted)
                word += character;
            else if (word.Length > 0)
            {
                words.Add(word);
                word = "";
            }
        }
        return isQuoted ? throw new FormatException($"{place}: a quote is not closed") : words;
    }

    private long ParseLong(string argument, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Error($"needs a number in {argument}={text}");
}
