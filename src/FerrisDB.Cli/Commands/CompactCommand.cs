using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Rewrites tables to the bottom level.</summary>
internal sealed class CompactCommand()
    : Verb("compact", "Sinks everything, or a range, to the bottom level, without what nothing reads.",
        DatabaseAccess.Write)
{
    private readonly KeyBounds _bounds = new();

    public override IReadOnlyList<string> Examples => ["", "user/ user0", "--prefix user/"];

    public override bool TakesKeys => true;

    public override string Notes => """
        Never needed: the database compacts by itself. After much was deleted or overwritten it gives back space at
        once.
        """;

    public override void Declare(Command command) => _bounds.AddTo(command);

    public override int Run(VerbContext context)
    {
        var engine = context.Engine;
        var before = TreeJson.Of(engine);
        var start = context.Console.Time.GetTimestamp();
        Action<StorageEvent> tell = happened => Tell(happened, context.Console.Error);
        engine.EventRaised += tell;
        try
        {
            Blocking.Wait(engine.CompactAsync(_bounds.RangeOrAll(context)));
        }
        finally
        {
            engine.EventRaised -= tell;
        }
        var after = TreeJson.Of(engine);
        var elapsed = context.Console.Time.GetElapsedTime(start);
        var seconds = Math.Round(elapsed.TotalSeconds, 3);
        if (context.IsJson)
        {
            var result =
                new CompactJson(before.TableCount, before.TableBytes, after.TableCount, after.TableBytes, seconds);
            context.WriteJson(result, CliJson.Relaxed.CompactJson);
        }
        else
        {
            context.Out.WriteLine($"{Describe(before)} became {Describe(after)} in {Amounts.Time(elapsed)}");
        }
        return ExitCode.Ok;
    }

    private static void Tell(StorageEvent happened, TextWriter writer)
    {
        if (happened is not CompactionEnded done)
            return;
        var dropped = Amounts.Count(done.DroppedEntries, "entry", "entries");
        writer.WriteLine(
            $"compacted L{done.Level} into L{done.OutputLevel}: {Amounts.Bytes(done.InputBytes)} read, "
            + $"{Amounts.Bytes(done.OutputBytes)} written, {dropped} dropped");
    }

    private static string Describe(TreeJson tree) =>
        $"{Amounts.Count(tree.TableCount, "table")} of {Amounts.Bytes(tree.TableBytes)}";
}
