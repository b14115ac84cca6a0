using FerrisDB.Server;

namespace FerrisDB.Tests.Server;

// A checker that has never failed proves nothing.
[Collection(SeededBugsAlone.Name)]
public sealed class TokenSeededBugTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-desk-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_token_file_that_is_changed_without_its_lock_is_found()
    {
        TokenBugs.ChangesWithoutLock = true;
        try
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(
                () => TokenDeskTests.GiveAndRevokeAtOnce(Path.Combine(_folder.FullName, "tokens.json")));
        }
        finally
        {
            TokenBugs.ChangesWithoutLock = false;
        }
    }
}
