using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Waits for a key to change.</summary>
internal sealed class WatchCommand() : Verb("watch", "Waits until a key changes, and says so.", DatabaseAccess.Write)
{
    private readonly Argument<string> _key = new("key") { Description = @"The key; \xNN writes a byte." };

    private readonly Option<bool> _background = new("--background")
    {
        Description = "Go on at once; the change is told behind the answer of the command that made it. In the shell.",
    };

    public override IReadOnlyList<string> Examples => ["user/42"];

    public override string Notes => """
        Ends with the first change, or with ctrl-c and exit code 1. While nobody but this process can have the database
        open for writing, a change is one of this shell itself: --background is for those. Within a transaction a watch
        is always in the background, and begins with the commit.
        """;

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_key);
        command.Add(_background);
    }

    public override int Run(VerbContext context)
    {
        var key = context.Key(_key);
        if (context.Session.Transaction is { } transaction)
            return InBackground(context, key, transaction.WatchAsync(key));
        var changed = Task.CompletedTask;
        using var interruption = new Interruption(context.Console);
        var isBackground = context.Value(_background) && context.IsShell;
        context.Session.Run(watching =>
        {
            changed = watching.WatchAsync(key, isBackground ? CancellationToken.None : interruption.Token);
            return ValueTask.CompletedTask;
        });
        return isBackground ? InBackground(context, key, changed) : Wait(context, key, changed);
    }

    /// <summary>Tells that a key has changed.</summary>
    public static void Tell(CliConsole console, byte[] key, bool isJson)
    {
        if (isJson)
        {
            var (text, base64) = JsonBytes.Of(key);
            VerbContext.WriteJson(console, new WatchJson(text, base64, Changed: true), CliJson.Relaxed.WatchJson);
        }
        else
        {
            console.Out.WriteLine($"changed: {EscapedText.Format(key)}");
        }
    }

    private static int InBackground(VerbContext context, byte[] key, Task changed)
    {
        // A wrong key is told at once.
        if (changed.IsFaulted)
            changed.GetAwaiter().GetResult();
        context.Session.AddWatch(key, changed);
        return context.Note("watching");
    }

    private static int Wait(VerbContext context, byte[] key, Task changed)
    {
        context.Console.Error.WriteLine($"watching {EscapedText.Format(key)}; ctrl-c ends it");
        context.Console.Error.Flush();
        try
        {
            changed.GetAwaiter().GetResult();
        }
        catch (FerrisException error) when (error.Code == ErrorCode.OperationCancelled)
        {
            if (context.IsJson)
            {
                var (text, base64) = JsonBytes.Of(key);
                context.WriteJson(new WatchJson(text, base64, Changed: false), CliJson.Relaxed.WatchJson);
            }
            context.Console.Error.WriteLine($"not changed: {EscapedText.Format(key)}");
            return ExitCode.NotFound;
        }
        Tell(context.Console, key, context.IsJson);
        return ExitCode.Ok;
    }
}
