using System.CommandLine;
using System.Globalization;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Makes transactions with a tag start no faster than told.</summary>
internal sealed class ThrottleCommand() : Verb(
    "throttle", "Lets transactions with a tag start no faster than told.", DatabaseAccess.Write)
{
    private static readonly TimeSpan TimeDefault = TimeSpan.FromHours(1);

    private readonly Argument<string[]> _words = new("what")
    {
        Description = "on tag NAME RATE [SECONDS], off tag NAME, off all, enable auto, disable auto, or list.",
        Arity = ArgumentArity.OneOrMore,
    };

    public override IReadOnlyList<string> Examples =>
        ["on tag reports 50", "on tag reports 0 600", "list", "off tag reports", "off all", "disable auto"];

    public override string Notes => """
        Programs give their transactions tags (the options 800 and 801). Of those with the tag so many start in a
        second, others wait up to 5 s for their turn, and are refused with an error that RunAsync retries if too many
        wait. 0 lets none start. It ends by itself after an hour, or as told, whatever server is there then.
        When storage cannot follow and a tag of the option 801 writes a quarter or more of all, the server throttles it
        by itself; disable auto forbids that, enable auto allows it again.
        """;

    public override IReadOnlyList<string> FirstWords => ["disable", "enable", "list", "off", "on"];

    public override void Declare(Command command) => command.Add(_words);

    public override int Run(VerbContext context)
    {
        switch (context.Value(_words))
        {
            case ["on", "tag", var tag, var rate]:
                return Order(context, On(tag, rate, TimeDefault));
            case ["on", "tag", var tag, var rate, var seconds]:
                var time = Number(seconds, "SECONDS", (long)ThrottleOrder.TimeMax.TotalSeconds);
                return Order(context, On(tag, rate, TimeSpan.FromSeconds(time)));
            case ["off", "tag", var tag]:
                return Order(context, new ThrottleOrder(false, EscapedText.Parse(tag), 0, default));
            case ["off", "all"]:
                return Order(context, new ThrottleOrder(false, null, 0, default));
            case ["enable", "auto"]:
                return Order(context, ThrottleOrder.OfAutomatic(true));
            case ["disable", "auto"]:
                return Order(context, ThrottleOrder.OfAutomatic(false));
            case ["list"]:
                return List(context);
            default:
                throw new UsageException($"throttle takes {_words.Description}");
        }
    }

    private static ThrottleOrder On(string tag, string rate, TimeSpan time) =>
        new(true, EscapedText.Parse(tag), Number(rate, "RATE", 1_000_000_000), time);

    private static int Order(VerbContext context, ThrottleOrder order)
    {
        var count = Blocking.Wait(ServerOperator.ThrottleAsync(context.Session.Database, order));
        if (context.IsJson)
            context.WriteJson(new CountJson(count), CliJson.Relaxed.CountJson);
        else
            context.Out.WriteLine(order.Automatic is { } isEnabled ? isEnabled ? "enabled" : "disabled"
                : order.IsOn ? "throttled" : $"{Amounts.Count(count, "throttle")} ended");
        return ExitCode.Ok;
    }

    private static int List(VerbContext context)
    {
        var status = ServerOperator.Parse(Blocking.Wait(ServerOperator.AskStatusAsync(context.Session.Database)));
        var throttles = status.Roles?.Ratekeeper.TagThrottles ?? [];
        if (context.IsJson)
        {
            context.WriteJson(new ThrottlesJson(throttles), CliJson.Relaxed.ThrottlesJson);
            return ExitCode.Ok;
        }
        foreach (var throttle in throttles)
            context.Out.WriteLine(StatusText.Throttle(throttle));
        if (throttles.Count == 0)
            context.Out.WriteLine("no tag is throttled");
        return ExitCode.Ok;
    }

    private static long Number(string text, string what, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new UsageException($"{what} is a whole number up to {max}, not '{text}'.");
}
