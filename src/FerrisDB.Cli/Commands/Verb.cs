using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>
/// Something to do with a database: <c>ferrisdb VERB DB …</c> from outside, <c>VERB …</c> in the shell.
/// </summary>
internal abstract class Verb(string name, string summary, DatabaseAccess access)
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;

    /// <summary>Command lines behind the verb and the database: <c>user/42 Ann</c>.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>What else there is to know, for the help.</summary>
    public virtual string Notes => "";

    /// <summary>Other names for it: those of <c>fdbcli</c>.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>It is there for scripts that were written long ago: neither help nor Tab tells of it.</summary>
    public virtual bool IsOldSpelling => false;

    /// <summary>What the first argument can be, if that is one of a few words.</summary>
    public virtual IReadOnlyList<string> FirstWords => [];

    /// <summary>True if arguments are keys of the database, which the shell can complete.</summary>
    public virtual bool TakesKeys => false;

    /// <summary>True if arguments are paths of directories.</summary>
    public virtual bool TakesPaths => false;

    /// <summary>How the database is opened, from outside.</summary>
    public virtual DatabaseAccess AccessFor(ParseResult arguments) => access;

    /// <summary>
    /// True if it needs more, from outside, than the storage engine, which is there sooner: who only reads does not.
    /// </summary>
    public virtual bool UsesTransactions(ParseResult arguments) => access != DatabaseAccess.Read;

    /// <summary>Adds the arguments and options behind the database.</summary>
    public abstract void Declare(Command command);

    /// <summary>Does it. Returns an <see cref="ExitCode"/>.</summary>
    public abstract int Run(VerbContext context);
}
