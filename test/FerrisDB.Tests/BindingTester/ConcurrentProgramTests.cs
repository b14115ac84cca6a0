using FerrisDB.BindingTester;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.BindingTester;

// Machines that run at the same time, on threads of their own: what they leave depends on who comes first, but some of
// it must hold all the same.
public sealed class ConcurrentProgramTests
{
    private const int Machines = 4;

    [Fact]
    public async Task Every_commit_writes_the_versionstamp_that_it_tells()
    {
        foreach (var seed in Seeds.ToTry(3))
        {
            using var database = ProgramRun.Open();
            await ApiProgram.Generate(seed, operations: 150, Machines).RunAsync(database);

            Assert.True(await StampCheck.RunAsync(database) > 0, $"FERRIS_SEED={seed}: nobody wrote a versionstamp.");
        }
    }

    [Fact]
    public async Task No_two_directories_get_the_same_prefix()
    {
        foreach (var seed in Seeds.ToTry(3))
        {
            using var database = ProgramRun.Open();
            await AllocatorProgram.PrepareAsync(database, Machines);
            await AllocatorProgram.Generate(seed, rounds: 8, Machines).RunAsync(database);

            Assert.True(await PrefixCheck.RunAsync(database) > 0, $"FERRIS_SEED={seed}: nobody made a directory.");
        }
    }
}
