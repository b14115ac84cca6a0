namespace FerrisDB.Tests.ReadYourWrites;

// A checker that has never failed proves nothing: the bug must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class PageMemorySeededBugTests
{
    [Fact]
    public async Task Pages_that_share_memory_are_found()
    {
        ClientBugs.Active = ClientBug.PagesShareMemory;
        try
        {
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(PageMemoryTests.PlayAsync);
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
