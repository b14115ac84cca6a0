using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FerrisDB.Cli;

/// <summary>What a verb works with while it runs.</summary>
internal sealed class VerbContext(
    DatabaseSession session, ParseResult arguments, CliConsole console, bool isJson, bool isShell)
{
    /// <summary>The database, and the transaction that is open on it.</summary>
    public DatabaseSession Session => session;

    public StorageEngine Engine => session.Engine;

    public CliConsole Console { get; } = console;

    /// <summary>One JSON document is wanted, for machines.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>The verb was typed into the shell.</summary>
    public bool IsShell { get; } = isShell;

    public TextWriter Out => Console.Out;

    public T? Value<T>(Argument<T> argument) => arguments.GetValue(argument);

    public T? Value<T>(Option<T> option) => arguments.GetValue(option);

    /// <summary>The bytes of an argument with escapes.</summary>
    public byte[] Bytes(Argument<string> argument) => EscapedText.Parse(arguments.GetRequiredValue(argument));

    /// <summary>The bytes of a key.</summary>
    public byte[] Key(Argument<string> argument) => KeyWord.Parse(arguments.GetRequiredValue(argument), session);

    /// <summary>As <see cref="Key(Argument{string})"/>, or null if it was left out.</summary>
    public byte[]? KeyOrNull(Argument<string?> argument) =>
        arguments.GetValue(argument) is { } text ? KeyWord.Parse(text, session) : null;

    /// <summary>Answers with the one document.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => WriteJson(Console, document, type);

    /// <summary>Answers with the one document.</summary>
    public static void WriteJson<T>(CliConsole console, T document, JsonTypeInfo<T> type) =>
        console.Out.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>
    /// Writes in the transaction that is open; without one, in one of its own, and answers when that is acknowledged.
    /// </summary>
    public int Write(Action<Transaction> write, Durability? durability = null)
    {
        session.CheckMayWrite();
        if (session.Transaction is null)
        {
            return Acknowledge(session.Run(
                transaction =>
                {
                    write(transaction);
                    return ValueTask.CompletedTask;
                },
                durability));
        }
        if (durability is not null)
            throw new UsageException("What a transaction survives is told to its commit: commit --durability.");
        session.Write(write);
        return Note("pending");
    }

    /// <summary>As <see cref="Write(Action{Transaction}, Durability?)"/>, of what reads too.</summary>
    public int Write(Func<Transaction, ValueTask> write)
    {
        session.CheckMayWrite();
        if (session.Transaction is not { } transaction)
            return Acknowledge(session.Run(write));
        Blocking.Wait(write(transaction));
        return Note("pending");
    }

    /// <summary>Answers that a write was acknowledged.</summary>
    public int Acknowledge(long version)
    {
        if (IsJson)
            WriteJson(new VersionJson(version), CliJson.Relaxed.VersionJson);
        else
            Out.WriteLine("ok");
        return ExitCode.Ok;
    }

    /// <summary>Answers with what has become of the transaction, in a word or two.</summary>
    public int Note(string transaction)
    {
        if (IsJson)
            WriteJson(new TransactionJson(transaction), CliJson.Relaxed.TransactionJson);
        else
            Out.WriteLine(transaction);
        return ExitCode.Ok;
    }
}
