using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Waits until the database answers, in scripts that were written for <c>fdbcli</c>.</summary>
internal sealed class WaitConnectedCommand()
    : Verb("waitconnected", "Waits until the database answers.", DatabaseAccess.Read)
{
    /// <summary>A key that everybody may read, also where all transactions belong to a tenant.</summary>
    public static readonly byte[] AlwaysReadable = [0xff, .. "/metadataVersion"u8];

    public override IReadOnlyList<string> Aliases => ["waitopen"];

    public override IReadOnlyList<string> Examples => [""];

    public override string Notes => "As in fdbcli. A database in a folder answers at once.";

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        Blocking.Wait(context.Session.Database.ReadAsync(reader => reader.GetAsync(AlwaysReadable)));
        return ExitCode.Ok;
    }
}
