namespace FerrisDB.Cli;

/// <summary>The verbs that work on an open database, in the order of the help.</summary>
internal static class Verbs
{
    /// <summary>Those of <see cref="Common"/>, and those that have another form outside.</summary>
    public static IReadOnlyList<Verb> OfShell() => [.. Common(), new InspectVerb()];

    /// <summary>New ones each time: a verb belongs to one tree of commands.</summary>
    public static IReadOnlyList<Verb> Common() =>
    [
        new GetCommand(),
        new SetCommand(),
        new DeleteCommand(),
        new RangeCommand(),
        new DeleteRangeCommand(),
        new CountCommand(),
        new ImportCommand(),
        new ExportCommand(),
        new StatsCommand(),
        new CompactCommand(),
        new CheckpointCommand(),
    ];

    /// <summary>True if the arguments of a verb are keys.</summary>
    public static bool TakesKeys(string name) => OfShell().Any(verb => verb.Name == name && verb.TakesKeys);
}
