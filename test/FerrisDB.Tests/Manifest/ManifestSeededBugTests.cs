using FerrisDB.Storage;
using Xunit.Sdk;

namespace FerrisDB.Tests.Manifest;

// The tests of crashes and damage must find these bugs, or their silence means nothing.
[Collection(SeededBugsAlone.Name)]
public sealed class ManifestSeededBugTests
{
    [Theory]
    [InlineData(nameof(SeededBug.ManifestSkipsSync))]
    [InlineData(nameof(SeededBug.CurrentNamesUnsyncedManifest))]
    public async Task A_power_failure_at_some_operation_finds_the_bug(string bug)
    {
        var isFound = false;
        SeededBugs.Active = Enum.Parse<SeededBug>(bug);
        try
        {
            for (var operation = 0; !isFound && await ManifestCrash.RunAsync(operation) is not null; operation++)
            {
            }
        }
        catch (Exception found) when (found is XunitException or FerrisException)
        {
            isFound = true;
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
        Assert.True(isFound);
    }

    [Fact]
    public async Task A_flipped_bit_finds_a_reader_that_ends_at_any_damage()
    {
        SeededBugs.Active = SeededBug.ManifestEndsAtAnyDamage;
        try
        {
            await Assert.ThrowsAnyAsync<XunitException>(
                new ManifestCodecTests().Any_flipped_bit_of_what_was_acknowledged_is_detected);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
