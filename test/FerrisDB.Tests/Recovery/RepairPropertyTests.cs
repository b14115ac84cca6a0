using FerrisDB.TestKit;

namespace FerrisDB.Tests.Recovery;

// Something happens to one file of a small database; then it is repaired. Whatever the plan does not name as lost must
// be right. FERRIS_SEEDS=1000 tries that many databases, FERRIS_SEED=17 that one.
public sealed class RepairPropertyTests(ITestOutputHelper output)
{
    private const int DamagesPerDatabase = 8;

    [Fact]
    public void After_any_damage_to_one_file_all_is_right_that_the_plan_does_not_name_as_lost()
    {
        var (repaired, withoutLoss) = Try(Seeds.ToTry(standard: 8));
        output.WriteLine($"{repaired} databases were repaired, {withoutLoss} of them without loss");
        Assert.True(repaired > 0 && withoutLoss > 0);
    }

    internal static (int Repaired, int WithoutLoss) Try(IEnumerable<int> seeds)
    {
        var (repaired, withoutLoss) = (0, 0);
        foreach (var seed in seeds)
        {
            var database = RepairDatabase.Create(seed, isClosed: seed % 2 == 0);
            var random = new Random(seed);
            for (var damage = 0; damage < DamagesPerDatabase; damage++)
            {
                var disk = database.CopyDisk();
                var what = RandomDamage.Do(disk, random);
                try
                {
                    var plan = RepairCheck.Run(disk, database.Model);
                    repaired += plan.IsNeeded ? 1 : 0;
                    withoutLoss += plan is { IsNeeded: true, Losses.Count: 0 } ? 1 : 0;
                }
                catch (Exception error)
                {
                    Assert.Fail($"FERRIS_SEED={seed}, {what}: {error}");
                }
            }
        }
        return (repaired, withoutLoss);
    }
}
