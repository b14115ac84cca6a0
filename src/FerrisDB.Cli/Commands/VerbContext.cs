using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FerrisDB.Cli;

/// <summary>What a verb works with while it runs.</summary>
internal sealed class VerbContext(
    StorageEngine engine, ParseResult arguments, CliConsole console, bool isJson, bool isShell)
{
    public StorageEngine Engine { get; } = engine;

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

    /// <summary>As <see cref="Bytes(Argument{string})"/>, or null if it was left out.</summary>
    public byte[]? BytesOrNull(Argument<string?> argument) =>
        arguments.GetValue(argument) is { } text ? EscapedText.Parse(text) : null;

    /// <summary>Answers with the one document.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => WriteJson(Console, document, type);

    /// <summary>Answers with the one document.</summary>
    public static void WriteJson<T>(CliConsole console, T document, JsonTypeInfo<T> type) =>
        console.Out.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>Answers that a write was acknowledged.</summary>
    public int Acknowledge(long version)
    {
        if (IsJson)
            WriteJson(new WriteJson(version), CliJson.Relaxed.WriteJson);
        else
            Out.WriteLine("ok");
        return ExitCode.Ok;
    }
}
