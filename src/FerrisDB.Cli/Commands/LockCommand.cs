using System.CommandLine;
using System.Security.Cryptography;

namespace FerrisDB.Cli;

/// <summary>Locks a database for whoever has the id.</summary>
internal sealed class LockCommand() : Verb(
    "lock", "Locks the database: transactions that are not lock-aware fail.", DatabaseAccess.Write)
{
    private readonly Argument<string?> _id = new("id")
    {
        Description = "32 hexadecimal digits to unlock it by; left out: a new id, which is printed.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public override IReadOnlyList<string> Examples => ["", "0123456789abcdef0123456789abcdef"];

    public override string Notes => """
        From its answer on nobody commits or begins to read, with error 1038, until it is unlocked; the lock is stored
        in the database and outlives processes. Transactions with the options lock_aware and read_lock_aware go past it:
        `option on lock_aware` in the shell. What reads a folder as it is stored, such as get outside a transaction of a
        shell that has it open, does not ask for the lock.
        """;

    public override void Declare(Command command) => command.Add(_id);

    public override int Run(VerbContext context)
    {
        var id = context.Value(_id) is { } text ? IdOf(text) : new Guid(RandomNumberGenerator.GetBytes(16));
        Blocking.Wait(context.Session.Database.LockAsync(id));
        if (context.IsJson)
            context.WriteJson(new LockJson(id.ToString("N")), CliJson.Relaxed.LockJson);
        else
            context.Out.WriteLine($"locked by {id:N}");
        return ExitCode.Ok;
    }

    /// <summary>The id that somebody typed.</summary>
    public static Guid IdOf(string text) => Guid.TryParseExact(text, "N", out var id)
        ? id
        : throw new UsageException($"'{text}' is no id of 32 hexadecimal digits.");
}
