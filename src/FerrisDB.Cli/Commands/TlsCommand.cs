using System.CommandLine;
using System.Net;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Makes certificates, to try encrypted connections out.</summary>
internal static class TlsCommand
{
    private const int DaysDefault = 365;
    private const int DaysMax = 3650;

    private const string Notes = """
        For a first try, or a network of one's own: an authority that nobody else knows, and certificates that it has
        signed. Keep ca-key.pem where neither servers nor clients are: who has it can be anybody. Run it again with
        --renew for new certificates of the same authority; servers that run take them without a restart.
        """;

    private static readonly string[] Examples =
        ["ferrisdb tls create --to tls", "ferrisdb tls create --to tls --host db.example.org --renew"];

    public static Command Create(CliConsole console) => new DocumentedCommand(
        "tls", "Makes certificates, to try encrypted connections out.", Notes, Examples)
    {
        CreateCertificates(console),
    };

    private static DocumentedCommand CreateCertificates(CliConsole console)
    {
        var target = new Option<string>("--to")
        {
            Description = "The folder to write into.",
            HelpName = "DIR",
            Required = true,
        };
        var hosts = new Option<string[]>("--host")
        {
            Description = "A name or address of the server, besides localhost and the name of this machine.",
            HelpName = "NAME",
        };
        var days = new Option<int>("--days")
        {
            Description = $"How long the certificates count, at most {DaysMax} days.",
            DefaultValueFactory = _ => DaysDefault,
            HelpName = "N",
        };
        var renew = new Option<bool>("--renew")
        {
            Description = "Replace the certificates that are there; the authority stays.",
        };
        var command = new DocumentedCommand(
            "create", "Makes an authority, and a certificate each for a server and a client.", Notes, Examples)
        {
            target, hosts, days, renew,
        };
        command.SetAction(arguments =>
        {
            var folder = new TrialFolder(arguments.GetRequiredValue(target));
            if (folder.Exists && !arguments.GetValue(renew))
                throw new UsageException(
                    $"There are certificates in {arguments.GetRequiredValue(target)} already: --renew replaces them.");
            if (arguments.GetValue(days) is var count && count is < 1 or > DaysMax)
                throw new UsageException($"--days must be 1 to {DaysMax}, and is {count}.");
            string[] names =
            [
                .. arguments.GetValue(hosts) ?? [], "localhost", IPAddress.Loopback.ToString(),
                IPAddress.IPv6Loopback.ToString(), Dns.GetHostName(),
            ];
            folder.Write([.. names.Distinct()], count, console.Time.GetUtcNow());
            Tell(folder, GlobalOptions.IsJson(arguments), console);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TrialFolder folder, bool isJson, CliConsole console)
    {
        if (isJson)
        {
            VerbContext.WriteJson(
                console,
                new TlsFilesJson(
                    folder.Authority, folder.AuthorityKey, folder.Server, folder.ServerKey, folder.Client,
                    folder.ClientKey),
                CliJson.Relaxed.TlsFilesJson);
            return;
        }
        console.Out.WriteLine($"{folder.Authority}  the authority: for both sides");
        console.Out.WriteLine($"{folder.Server}  the server's, with {folder.ServerKey}");
        console.Out.WriteLine($"{folder.Client}  a client's, with {folder.ClientKey}");
        console.Out.WriteLine($"{folder.AuthorityKey}  to make more of them: keep it elsewhere");
        console.Out.WriteLine(
            $"serve with: ferrisdb serve --tls-cert {folder.Server} --tls-key {folder.ServerKey} "
                + $"--tls-ca {folder.Authority}");
        console.Out.WriteLine(
            $"connect with: FDB_TLS_CA_FILE={folder.Authority} FDB_TLS_CERTIFICATE_FILE={folder.Client} "
                + $"FDB_TLS_KEY_FILE={folder.ClientKey} ferrisdb shell ferrisdb/fdb.cluster");
    }
}
