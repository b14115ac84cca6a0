namespace FerrisDB.Tests.Cli;

/// <summary>What a run of the command left behind.</summary>
internal sealed record CliResult(int Code, string Out, string Error, byte[] OutBytes)
{
    public string[] Lines => Out.TrimEnd('\n').Split('\n');
}
