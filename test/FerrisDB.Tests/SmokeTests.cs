namespace FerrisDB.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void The_test_assembly_is_the_checked_flavour()
    {
#if FERRIS_CHECKED
        var isChecked = true;
#else
        var isChecked = false;
#endif
        Assert.True(isChecked);
    }
}
