namespace FerrisDB.Cli;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        using var console = CliConsole.OfProcess();
        return CliRunner.Run(arguments, console);
    }
}
