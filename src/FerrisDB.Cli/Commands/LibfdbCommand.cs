using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>The library that programs written for FoundationDB link with.</summary>
internal static class LibfdbCommand
{
    private const string Notes = """
        Writes lib/libfdb_c.so, include/foundationdb/, lib/pkgconfig/foundationdb-client.pc and a sample fdb.cluster
        below a folder. The library is that of --library, or that beside this command, or it is compiled from the
        sources of FerrisDB that this command is run in, which needs gcc and the headers of zlib. Programs find it there
        with LD_LIBRARY_PATH, or by themselves if the folder is /usr/local and ldconfig has run.
        """;

    private static readonly string[] Examples =
        ["ferrisdb libfdb install --to ~/.local", "sudo ferrisdb libfdb install --to /usr/local"];

    public static Command Create(CliConsole console) => new DocumentedCommand(
        "libfdb", "The C library for programs that are written for FoundationDB.", Notes, Examples)
    {
        CreateInstall(console),
    };

    private static DocumentedCommand CreateInstall(CliConsole console)
    {
        var target = new Option<string>("--to")
        {
            Description = "The folder to install below.",
            HelpName = "DIR",
            Required = true,
        };
        var library = new Option<string?>("--library")
        {
            Description = "A libfdb_c.so that is there already.",
            HelpName = "FILE",
        };
        var command = new DocumentedCommand(
            "install", "Installs libfdb_c.so with its headers and a sample cluster file.", Notes, Examples)
        {
            target, library,
        };
        command.SetAction(arguments =>
        {
            var found = LibfdbLibrary.Find(arguments.GetValue(library), console);
            foreach (var file in LibfdbInstallation.Write(found, arguments.GetRequiredValue(target)))
                console.Out.WriteLine(file);
            return ExitCode.Ok;
        });
        return command;
    }
}
