using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>One word for each thing: the words that name nothing, and those that the glossary replaces.</summary>
internal static partial class WordRules
{
    // Left: what others call it. Right: our word. The benchmark speaks of other engines and may use theirs.
    private static readonly (string Elsewhere, string Ours)[] Glossary =
    [
        ("immutable memtable", "sealed MemTable"),
        ("SuperVersion", "ReadView"),
        ("VersionEdit", "ManifestEdit"),
        ("VersionSet", "TableSet"),
        ("minor compaction", "Flush"),
        ("major compaction", "Compaction"),
        ("sequence number", "version"),
        ("deletion marker", "Tombstone"),
        ("filter policy", "BloomFilter"),
        ("merge operator", "AtomicOp"),
    ];

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new(
            "A type's name says what it is: no Manager, Helper, Util, Processor, Impl or Base",
            "Name what it holds or does.",
            file => SourceRule.Matching(file.CodeLines, HollowType()),
            "src/Sample.cs",
            "internal sealed class Sample" + "Manager;\n"),
        .. Glossary.Select(entry => new SourceRule(
            $"The glossary has no \"{entry.Elsewhere}\"",
            $"Say {entry.Ours}.",
            file => SourceRule.Matching(file.Lines, new Regex($@"\b{entry.Elsewhere}\b", RegexOptions.IgnoreCase)),
            "src/Sample.cs",
            $"// The {entry.Elsewhere}.\n")
        {
            AppliesTo = path => !path.StartsWith("bench/", StringComparison.Ordinal)
                && !path.EndsWith("/WordRules.cs", StringComparison.Ordinal),
        }),
        new(
            "Public types do not clash with System: no Range, Index, Version, Tuple or Directory",
            "Say KeyRange, version (a long), TupleEncoding, DirectoryLayer.",
            file => SourceRule.Matching(file.CodeLines, ClashingType()),
            "src/Sample.cs",
            "public sealed class Range;\n"),
    ];

    [GeneratedRegex(@"\b(class|struct|record|interface|enum) \w*(Manager|Helpers?|Utils?|Processor|Impl|Base)\b")]
    private static partial Regex HollowType();

    [GeneratedRegex(@"\bpublic\b.*\b(class|struct|record|interface|enum) (Range|Index|Version|Tuple|Directory)\b")]
    private static partial Regex ClashingType();
}
