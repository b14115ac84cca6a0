using FerrisDB.BindingTester;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.BindingTester;

// What each instruction of some programs leaves, in golden/: the programs are drawn from a seed. FoundationDB's Python
// tester runs them too, on the drop-in library, and leaves the same, except for the two integers that its binding packs
// otherwise: docs/fdb-compatibility.md.
public sealed class GoldenProgramTests
{
    private const int Operations = 80;

    [Theory]
    [InlineData("api", 1)]
    [InlineData("api", 2)]
    [InlineData("api", 3)]
    [InlineData("tuple", 1)]
    [InlineData("directory", 1)]
    [InlineData("directory", 2)]
    public async Task A_program_leaves_what_it_did_before(string name, int seed)
    {
        var transcript = await ProgramRun.TranscriptAsync(name, seed, Operations);

        GoldenFile.Check($"{name}-{seed}.txt", transcript);
    }

    // Prefixes and retries are drawn by chance. Nothing of it may be seen in what a program leaves.
    [Theory]
    [InlineData("api")]
    [InlineData("directory")]
    public async Task A_program_leaves_the_same_whatever_the_database_draws(string name)
    {
        foreach (var seed in Seeds.ToTry(6))
        {
            var first = await ProgramRun.TranscriptAsync(name, seed, Operations, chance: 1);
            var second = await ProgramRun.TranscriptAsync(name, seed, Operations, chance: 2);

            Assert.True(first == second, $"FERRIS_SEED={seed}: the second run of {name} left something else.");
        }
    }

    [Fact]
    public void Instructions_are_the_same_after_they_were_packed_and_after_they_were_written()
    {
        foreach (var seed in Seeds.ToTry(6))
        {
            var program = ProgramRun.Generate("api", seed, Operations).Machines[0].Program;

            Assert.All(program.All, instruction =>
            {
                Assert.Equal(instruction, Instruction.Unpack(instruction.Pack()));
                Assert.Equal(instruction, Instruction.Parse(instruction.ToString()));
            });
        }
    }
}
