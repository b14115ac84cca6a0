namespace FerrisDB.Tests;

/// <summary>Tests that switch a process-wide seeded bug on: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SeededBugsAlone
{
    public const string Name = "SeededBugs";
}
