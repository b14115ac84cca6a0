using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Invariant: whatever a transaction is asked, with whatever arguments, it answers or fails as the contract says.
public sealed class ApiFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_calls_with_borderline_arguments_end_as_the_contract_says()
    {
        var failures = 0;
        foreach (var seed in Seeds.ToTry(standard: 30))
        {
            using var run = new FuzzRun(seed);
            run.Play(steps: 2000);
            failures += run.FailureCount;
        }
        output.WriteLine($"{failures} calls failed as they had to");
    }
}
