using System.Collections.Concurrent;
using FerrisDB.Server;

namespace FerrisDB.Tests.Server;

/// <summary>Tokens that are given out and taken back at once, and files that are too large for it.</summary>
public sealed class TokenDeskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-desk-");

    private string Name => Path.Combine(_folder.FullName, "tokens.json");

    private TokenDesk Desk => new(Name, TimeProvider.System);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_several_do_at_once_is_all_done() => GiveAndRevokeAtOnce(Name);

    /// <summary>Several make tokens and take some back; then those must be there that were kept.</summary>
    internal static void GiveAndRevokeAtOnce(string file)
    {
        const int Clerks = 6;
        const int Each = 12;
        var desk = new TokenDesk(file, TimeProvider.System);
        var kept = new ConcurrentBag<string>();
        var failures = new ConcurrentBag<string>();
        var clerks = Enumerable.Range(0, Clerks).Select(_ => new Thread(() =>
        {
            try
            {
                for (var count = 0; count < Each; count++)
                {
                    var id = Give(desk);
                    if (count % 2 != 0)
                        kept.Add(id);
                    else if (!desk.Revoke(id))
                        failures.Add($"{id} was not there to be revoked");
                }
            }
            catch (FerrisException failure)
            {
                failures.Add(failure.Message);
            }
        })).ToList();
        clerks.ForEach(static clerk => clerk.Start());
        clerks.ForEach(static clerk => Assert.True(clerk.Join(TimeSpan.FromMinutes(1))));

        Assert.Empty(failures);
        Assert.Equal(Clerks * Each / 2, kept.Count);
        Assert.Equal(kept.Order(StringComparer.Ordinal), desk.List().Select(token => token.Id).Order(
            StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_is_much_too_large_is_refused_before_it_is_read()
    {
        using (var file = new FileStream(Name, FileMode.Create))
            file.SetLength(1L << 40);

        var refusal = Assert.Throws<FerrisException>(() => Desk.List());

        Assert.Equal(ErrorCode.InvalidOptionValue, refusal.Code);
        Assert.Contains("are allowed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_never_ends_is_refused()
    {
        var refusal = Assert.Throws<FerrisException>(() => TokenFile.Read("/dev/zero"));

        Assert.Equal(ErrorCode.InvalidOptionValue, refusal.Code);
    }

    [Fact]
    public void A_mark_of_utf8_in_front_is_no_harm()
    {
        Give();
        File.WriteAllText(Name, "\uFEFF" + File.ReadAllText(Name));

        Assert.Single(Desk.List());
    }

    private string Give() => Give(Desk);

    private static string Give(TokenDesk desk) =>
        desk.Create(new TokenEntry { Id = "", Sha256 = "", Role = "read-only" }, [], days: null).Entry.Id;
}
