using FerrisDB.BindingTester;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.BindingTester;

// Programs written by hand. A line is an instruction, or pushes and what uses them: `GET <- b"key"` is `PUSH b"key"`
// and `GET`, with the leftmost item on top. What follows the dashes is the transcript of the run.
public sealed class StackMachineTests
{
    private const string Divider = "---\n";
    private const string Arrow = " <- ";

    [Theory]
    [InlineData("stack_operations")]
    [InlineData("errors_are_items")]
    [InlineData("transactions_have_names")]
    [InlineData("ranges_and_selectors")]
    [InlineData("tuples_with_versionstamps")]
    [InlineData("directories_of_a_partition")]
    [InlineData("tenants")]
    public async Task A_script_leaves_what_stands_below_it(string name)
    {
        var file = Path.Combine("scripts", $"{name}.txt");
        var text = File.ReadAllText(Path.Combine(Folder(), file)).ReplaceLineEndings("\n");
        var divider = text.IndexOf(Divider, StringComparison.Ordinal);
        var script = divider < 0 ? text : text[..divider];
        var program = Parse(script);

        using var database = ProgramRun.Open();
        await database.SetTenantModeAsync(TenantMode.Optional, TestContext.Current.CancellationToken);
        var test = GeneratedTest.Of(program);
        await test.RunAsync(database);

        GoldenFile.Check(file, $"{script}{Divider}{await Transcript.OfAsync(database, test)}");
    }

    [Fact]
    public async Task What_no_stack_shows_holds_too()
    {
        using var database = ProgramRun.Open();
        var program = new InstructionList();
        program.Add("UNIT_TESTS");

        Assert.Null(await Record.ExceptionAsync(() => GeneratedTest.Of(program).RunAsync(database)));
    }

    [Fact]
    public async Task An_unknown_instruction_ends_the_machine()
    {
        using var database = ProgramRun.Open();
        var program = new InstructionList();
        program.Add("SEPTUPLE");

        await Assert.ThrowsAsync<NotSupportedException>(() => GeneratedTest.Of(program).RunAsync(database));
    }

    // What lies on the stack in the end is logged.
    private static InstructionList Parse(string script)
    {
        var program = new InstructionList();
        foreach (var line in script.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var arrow = line.IndexOf(Arrow, StringComparison.Ordinal);
            if (arrow < 0)
            {
                program.Add(line);
                continue;
            }
            program.Push(FerrisDB.Layers.TupleText.Parse($"({line[(arrow + Arrow.Length)..]})"));
            program.Add(line[..arrow]);
        }
        program.Log(GeneratedTest.StackLog(0));
        return program;
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string source = "") =>
        GoldenFile.FolderBeside(source);
}
