namespace FerrisDB.Cli;

/// <summary>A record of the input cannot be read or stored; the next one perhaps can.</summary>
internal sealed class MalformedRecordException(long line, string problem) : Exception($"line {line}: {problem}");
