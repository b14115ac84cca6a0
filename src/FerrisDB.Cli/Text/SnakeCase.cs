using System.Text;

namespace FerrisDB.Cli;

/// <summary>The names of an enumeration as FoundationDB spells them: <c>read_your_writes_disable</c>.</summary>
internal static class SnakeCase<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByName = Enum.GetValues<T>().ToDictionary(Of);

    /// <summary>All names, in the order of their values.</summary>
    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <summary>The value of a name, in capitals or not.</summary>
    public static T Parse(string name, string what)
    {
        if (ByName.TryGetValue(name.ToLowerInvariant(), out var value))
            return value;
        var near = Names.Where(each => Spelling.IsNear(each, name)).ToList();
        var hint = near.Count > 0
            ? $"Did you mean {string.Join(" or ", near)}?"
            : $"There are {string.Join(", ", Names)}.";
        throw new UsageException($"There is no {what} '{name}'. {hint}");
    }

    public static string Of(T value)
    {
        var text = new StringBuilder();
        foreach (var each in value.ToString())
        {
            if (char.IsUpper(each) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(each));
        }
        return text.ToString();
    }
}
