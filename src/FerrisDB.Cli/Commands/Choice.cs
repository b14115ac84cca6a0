using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Options whose wrong values are answered with a sentence.</summary>
internal static class Choice
{
    /// <summary>One of the names of an enumeration.</summary>
    public static Option<T?> Of<T>(string name, string description)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(each => each.ToLowerInvariant()).ToArray();
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                var index = Array.IndexOf(names, Text(result).ToLowerInvariant());
                if (index >= 0)
                    return Enum.GetValues<T>()[index];
                result.AddError($"{name} is one of {string.Join(", ", names)}, not '{Text(result)}'.");
                return null;
            },
        };
    }

    /// <summary>A whole number.</summary>
    public static Option<long?> Number(string name, string description, long min, long max = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (long.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max)
            {
                return number;
            }
            var limits = max == long.MaxValue ? $"from {min} on" : $"from {min} to {Amounts.Count(max)}";
            result.AddError($"{name} is a number {limits}, not '{Text(result)}'.");
            return null;
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
}
