using System.Buffers;
using System.CommandLine;
using System.Numerics;

namespace FerrisDB.Cli;

/// <summary>Prints the value of a key.</summary>
internal sealed class GetCommand() : Verb("get", "Prints the value of a key.", DatabaseAccess.Read)
{
    private readonly Argument<string> _key = new("key") { Description = @"The key; \xNN writes a byte." };

    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "Write exactly the bytes of the value, without an end of line.",
    };

    private readonly Option<bool> _number = new("--number")
    {
        Description = "Print the value as the number, little-endian, that `atomic add` makes of it.",
    };

    public override IReadOnlyList<string> Examples =>
        ["user/42", @"\x00\xff", """'("users", 42)'""", "picture.png --raw > picture.png", "visits --number"];

    public override string Notes => """
        The value is followed by an end of line. One that is no printable text is shown with \xNN escapes; --raw writes
        it as it is.
        """;

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_key);
        command.Add(_raw);
        command.Add(_number);
    }

    public override int Run(VerbContext context)
    {
        var key = context.Key(_key);
        var value = context.Session.ReadsEngine
            ? context.Engine.Get(key)
            : context.Session.Read(transaction => transaction.GetAsync(key));
        if (context.IsJson)
            context.WriteJson(EntryJson.Of(key, value), CliJson.Relaxed.EntryJson);
        else if (value is not null)
            Print(context, value);
        else if (context.IsShell)
            context.Out.WriteLine("(not found)");
        else
            context.Console.Error.WriteLine($"not found: {EscapedText.Format(key)}");
        return value is null ? ExitCode.NotFound : ExitCode.Ok;
    }

    private void Print(VerbContext context, byte[] value)
    {
        if (context.Value(_raw))
        {
            context.Out.Flush();
            context.Console.Output.Write(value);
            return;
        }
        context.Out.WriteLine(context.Value(_number) ? new BigInteger(value).ToString() : TextOf(value));
    }

    // Text of several lines is shown as it is; what is no text is escaped as in all other places.
    private static string TextOf(byte[] value)
    {
        const byte Blank = (byte)' ';
        var withoutLineEnds = value;
        if (value.AsSpan().ContainsAny("\t\r\n"u8))
        {
            withoutLineEnds = [.. value];
            foreach (ref var each in withoutLineEnds.AsSpan())
                each = each is (byte)'\t' or (byte)'\r' or (byte)'\n' ? Blank : each;
        }
        return EscapedText.IsPrintable(withoutLineEnds)
            ? System.Text.Encoding.UTF8.GetString(value)
            : EscapedText.Format(value);
    }
}
