namespace FerrisDB.Cli;

/// <summary>The user asked for something that cannot be: a wrong argument, a malformed line of input.</summary>
internal sealed class UsageException(string message) : Exception(message);
