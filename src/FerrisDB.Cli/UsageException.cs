namespace FerrisDB.Cli;

/// <summary>The user asked for something that cannot be: a wrong argument, a malformed line of input.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>What an argument of the API was refused for, without the name that it has in the API.</summary>
    public static UsageException Of(ArgumentException refused) =>
        new(refused.Message.Replace($" (Parameter '{refused.ParamName}')", "", StringComparison.Ordinal));
}
