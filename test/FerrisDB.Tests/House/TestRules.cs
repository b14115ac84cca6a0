using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>What a test of this repository is: it asserts, it never sleeps, and it is never switched off.</summary>
internal static partial class TestRules
{
    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new(
            "Tests do not sleep",
            "Use FakeTimeProvider or ManualScheduler, or wait for the event itself.",
            file => SourceRule.Matching(file.CodeLines, Sleep()),
            "test/Sample.cs",
            "class Sample\n{\n    void A() => Thread.Sl" + "eep(10);\n}\n")
        {
            AppliesTo = IsTest,
        },
        new(
            "Tests are not skipped",
            "Make it pass, or delete it; a longer run belongs behind a switch that is documented.",
            file => SourceRule.Matching(file.CodeLines, Skip()),
            "test/Sample.cs",
            "class Sample\n{\n    [Fact(Sk" + "ip = \"slow\")]\n    void A() => Assert.True(B());\n}\n")
        {
            AppliesTo = IsTest,
        },
        new(
            "Assertions can fail",
            "Assert what the code under test answered.",
            file => SourceRule.Matching(file.CodeLines, Tautology()),
            "test/Sample.cs",
            "class Sample\n{\n    [Fact]\n    void A() => Assert.Tr" + "ue(true);\n}\n")
        {
            AppliesTo = IsTest,
        },
        new(
            "Allocations are measured in several rounds",
            "Use Allocations.LeastOf: now and then the runtime itself allocates on the thread of a test.",
            file => SourceRule.Matching(file.CodeLines, Allocation()),
            "test/Sample.cs",
            "class Sample\n{\n    long A() => GC.GetAlloc" + "atedBytesForCurrentThread();\n}\n")
        {
            AppliesTo = path => IsTest(path) && path != "test/FerrisDB.TestKit/Allocations.cs",
        },
        new(
            "A test asserts something",
            "Assert its result, or what must have thrown.",
            TestsWithoutAssertion,
            "test/Sample.cs",
            "class Sample\n{\n    [Fact]\n    public void Nothing_is_told()\n    {\n        var one = 1;\n    }\n}\n")
        {
            AppliesTo = IsTest,
        },
        new(
            "The name of a test is a sentence",
            "Write what must hold, in words with underscores.",
            file => Tests(file).Where(test => !test.Name.Contains('_') && test.Name != "Script")
                .Select(test => test.FirstLine),
            "test/Sample.cs",
            "class Sample\n{\n    [Fact]\n    public void WalTest1() => Assert.Equal(1, One());\n}\n")
        {
            AppliesTo = IsTest,
        },
    ];

    private static bool IsTest(string path) => path.StartsWith("test/", StringComparison.Ordinal);

    private static IEnumerable<Function> Tests(SourceFile file) =>
        file.Functions.Where(function => TestAttribute().IsMatch(function.Header));

    // A test may assert through functions of the tests; their names are followed, not their overloads.
    private static IEnumerable<int> TestsWithoutAssertion(SourceFile file)
    {
        var asserting = new HashSet<string>(AssertingFunctions.Value, StringComparer.Ordinal);
        return Tests(file)
            .Where(test => !Asserts(test) && !CalledNames(test).Any(asserting.Contains))
            .Select(test => test.FirstLine);
    }

    private static readonly Lazy<IReadOnlyCollection<string>> AssertingFunctions = new(() =>
    {
        var functions = RepositoryTree.SourceFiles.Where(file => IsTest(file.Path)).SelectMany(file => file.Functions);
        var open = functions.Where(function => !TestAttribute().IsMatch(function.Header)).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var before = -1; before != names.Count;)
        {
            before = names.Count;
            var found = open.Where(each => Asserts(each) || CalledNames(each).Any(names.Contains)).ToList();
            foreach (var function in found)
            {
                names.Add(function.Name);
                open.Remove(function);
            }
        }
        return names;
    });

    private static bool Asserts(Function function) => Assertion().IsMatch(function.Body);

    private static IEnumerable<string> CalledNames(Function function) =>
        Call().Matches(function.Body).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\s*\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bSkip\s*=")]
    private static partial Regex Skip();

    [GeneratedRegex(@"\bAssert\.(True\(true\b|False\(false\b)")]
    private static partial Regex Tautology();

    [GeneratedRegex(@"\bGetAllocated\w+")]
    private static partial Regex Allocation();

    [GeneratedRegex(@"\[\s*(Fact|Theory)\b|,\s*(Fact|Theory)\b")]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"\bAssert\s*\.|\bInvariant\s*\.|\bthrow new XunitException|\.Sample\w*\(")]
    private static partial Regex Assertion();

    [GeneratedRegex(@"\b(?<name>[A-Z]\w*)\s*(<[\w<>, \[\]?]*>)?\s*\(")]
    private static partial Regex Call();
}
