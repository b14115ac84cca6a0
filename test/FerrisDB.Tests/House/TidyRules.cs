using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>How a file of this repository looks. Each rule names the replacement of what it forbids.</summary>
internal static partial class TidyRules
{
    public const int FileLinesMax = 600;
    public const int FunctionLinesMax = 70;
    public const int LineLengthMax = 120;

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new(
            $"A file has at most {FileLinesMax} lines",
            "Split it by concept, one type each.",
            file => file.Lines.Length > FileLinesMax + 1 ? [file.Lines.Length - 1] : [],
            "src/Sample.cs",
            string.Concat(Enumerable.Repeat("//\n", FileLinesMax + 1))),
        new(
            $"A function has at most {FunctionLinesMax} lines",
            "Give its steps names.",
            file => file.Functions.Where(function => function.Lines > FunctionLinesMax)
                .Select(function => function.FirstLine),
            "src/Sample.cs",
            "class Sample\n{\n    int Long(int a = 1)\n    {\n" + new string('\n', FunctionLinesMax) + "    }\n}\n"),
        new(
            $"A line has at most {LineLengthMax} characters",
            "Break it behind an operator or an opening bracket.",
            file => Enumerable.Range(1, file.Lines.Length).Where(n => file.Lines[n - 1].Length > LineLengthMax),
            "src/Sample.cs",
            "// " + new string('x', LineLengthMax)),
        new(
            "Code is indented by spaces",
            "Replace the tab by four spaces (in a literal, by its escape).",
            file => SourceRule.Matching(file.Lines, Tab()),
            "src/Sample.cs",
            "class Sample\n{\n\tint a;\n}\n"),
        new(
            "No blanks at the end of a line",
            "Remove them: dotnet format whitespace.",
            file => SourceRule.Matching(file.Lines, TrailingBlank()),
            "src/Sample.cs",
            "class Sample; \n"),
        new(
            "No regions",
            "Split the file by concept instead of folding it.",
            file => SourceRule.Matching(file.Lines, Region()),
            "src/Sample.cs",
            "#reg" + "ion Fields\n"),
        new(
            "No notes to do something later",
            "Do it now, or write the limitation into the documentation.",
            file => SourceRule.Matching(file.Lines, Later()),
            "src/Sample.cs",
            "// TO" + "DO: finish\n"),
        new(
            "No commented-out code",
            "Delete it: git remembers.",
            file => SourceRule.Matching(file.Lines, CommentedCode()),
            "src/Sample.cs",
            "//" + " var a = 1;\n"),
        new(
            "Only generated code makes a type partial",
            "One type is one file: split it by concept.",
            file => Generator().IsMatch(file.Text) ? [] : SourceRule.Matching(file.CodeLines, Partial()),
            "src/Sample.cs",
            "internal sealed partial class Sample;\n"),
        new(
            "A file is named like a type in it",
            "Rename the file or the type; one concept, one file.",
            file => IsNamedLikeAType(file) ? [] : [1],
            "src/Sample.cs",
            "internal sealed class Another;\n"),
        new(
            "Errors are not swallowed",
            "Catch what you can react to; a background loop records, stops and rethrows.",
            file => SwallowedError().Matches(file.Code)
                .Select(match => file.Code.AsSpan(0, match.Index).Count('\n') + 1),
            "src/Sample.cs",
            "class Sample\n{\n    void A()\n    {\n        try { A(); }\n        catch (Exception)\n        {\n        "
                + "}\n"),
    ];

    private static bool IsNamedLikeAType(SourceFile file)
    {
        var names = DeclaredType().Matches(file.Code).Select(match => match.Groups["name"].Value).ToList();
        return names.Count == 0 || names.Contains(Path.GetFileNameWithoutExtension(file.Path));
    }

    [GeneratedRegex(@"\t")]
    private static partial Regex Tab();

    [GeneratedRegex(@"[ \t]$")]
    private static partial Regex TrailingBlank();

    [GeneratedRegex(@"^\s*#(end)?region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(TO-?DO|FIX-?ME|HA[C]K|XX[X])\b")]
    private static partial Regex Later();

    [GeneratedRegex(
        @"^\s*//\s*((var|return|await|using|throw)\b.*;|[\w.]+\(.*\);|(if|for|foreach|while) \(.*\))\s*$")]
    private static partial Regex CommentedCode();

    [GeneratedRegex(@"\bpartial\b")]
    private static partial Regex Partial();

    [GeneratedRegex(@"\[(LibraryImport|GeneratedRegex|JsonSerializable|LoggerMessage)\b")]
    private static partial Regex Generator();

    [GeneratedRegex(
        @"(?<![:,]\s*)\b(class|struct|interface|enum|record|delegate\s+[\w<>?.]+)\s+"
        + @"(?<name>(?!struct\b|class\b)\w+)")]
    private static partial Regex DeclaredType();

    [GeneratedRegex(@"catch\s*(\(\s*Exception\b[^)]*\))?\s*\{\s*\}")]
    private static partial Regex SwallowedError();
}
