using System.Text;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>
/// Everybody with everything: each operation of <see cref="AccessMatrix"/> with each token. What is not allowed fails
/// with PermissionDenied and has no effect; what is allowed has the effect that it has without tokens.
/// </summary>
[Collection(SeededBugsAlone.Name)]
public sealed class AuthorizationTests : IAsyncLifetime
{
    private TokenScene _scene = null!;
    private Database[] _clients = [];

    public static TheoryData<string> Names => [.. AccessMatrix.Names];

    public async ValueTask InitializeAsync()
    {
        (_scene, var tokens) = await TokenScene.StartAsync(AccessMatrix.Grants);
        _clients = [.. tokens.Select(_scene.Connect)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task Each_token_may_do_what_the_matrix_says_and_nothing_else()
    {
        foreach (var name in AccessMatrix.Names)
            Assert.Equal($"{name}: {AccessMatrix.MayOf(name)}", $"{name}: {await TryAsync(name)}");
    }

    // Over TLS, which takes its time: of each kind of operation a few.
    [Fact]
    public async Task A_certificate_with_a_role_may_do_what_a_token_of_that_role_may()
    {
        await using var scene = await TokenScene.StartAsync(tls: TestCertificates.Mutual);
        var clients = new List<Database>();
        foreach (var (role, prefix) in AccessMatrix.Grants)
        {
            scene.GiveToCertificates($"S.CN=holder {clients.Count}", role, prefix);
            clients.Add(scene.Connect(TestCertificates.ClientNamed($"holder {clients.Count}")));
        }
        foreach (var name in AccessMatrix.Names.Where((_, row) => row % 4 == 0).Append("backup"))
            Assert.Equal($"{name}: {AccessMatrix.MayOf(name)}", $"{name}: {await TryAsync(name, scene, clients)}");
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    // A checker that has never failed proves nothing.
    [Fact]
    public async Task A_server_that_does_not_cut_ranges_is_found_out()
    {
        SeededBugs.Active = SeededBug.RangesAreNotCut;
        try
        {
            Assert.Equal("+++++", await TryAsync("range to behind"));
            Assert.Equal("+++++", await TryAsync("selector that finds what lies behind"));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    // Invariant: what a random range or selector tells a scoped reader, it would tell if nothing else were there.
    [Fact]
    public async Task Whatever_lies_outside_makes_no_difference_to_a_scoped_reader()
    {
        var scoped = _clients[3];
        foreach (var seed in Seeds.ToTry(standard: 150))
        {
            var random = new Random(seed);
            var (outside, within) = (RandomKeys(random, "oqp"), RandomKeys(random, "p/"));
            var question = RandomQuestion(random);

            await FillAsync(_scene, within);
            var alone = await AnswerAsync(scoped, question);
            await FillAsync(
                _scene, [.. within, .. outside.Where(key => !key.StartsWith("p/", StringComparison.Ordinal))]);

            Assert.Equal($"seed {seed}: {alone}", $"seed {seed}: {await AnswerAsync(scoped, question)}");
        }
    }

    private Task<string> TryAsync(string name) => TryAsync(name, _scene, _clients);

    private static async Task<string> TryAsync(string name, TokenScene scene, IEnumerable<Database> clients)
    {
        var found = new StringBuilder();
        foreach (var client in clients)
        {
            await FillAsync(scene, AccessMatrix.Keys);
            var before = await DumpAsync(scene);
            try
            {
                await AccessMatrix.DoAsync(name, client);
                found.Append('+');
            }
            catch (FerrisException denied) when (denied.Code == ErrorCode.PermissionDenied)
            {
                found.Append('-');
                Assert.Equal(before, await DumpAsync(scene));
            }
        }
        return found.ToString();
    }

    private static async Task FillAsync(TokenScene scene, IEnumerable<string> keys) =>
        await scene.Server.Database.RunAsync(transaction =>
        {
            transaction.ClearRange([], [0xff]);
            foreach (var key in keys)
                transaction.Set(Encoding.Latin1.GetBytes(key), "0"u8);
        });

    private static async Task<string> DumpAsync(TokenScene scene) =>
        await scene.Server.Database.ReadAsync(async reads =>
        {
            var rows = await reads.GetRangeAsync(new KeyRange([], [0xff]));
            return string.Join(' ', rows.Select(row => $"{KeyText.Of(row.Key.Span)}={KeyText.Of(row.Value.Span)}"));
        });

    private static string[] RandomKeys(Random random, string prefixes) => Enumerable.Range(0, random.Next(6))
        .Select(_ => (prefixes.Length == 2 ? prefixes : $"{prefixes[random.Next(prefixes.Length)]}")
            + $"{(char)random.Next('.', 'd')}")
        .ToArray();

    private static (string Begin, string End, bool Reverse, int Limit, int Offset) RandomQuestion(Random random)
    {
        string Bound() => random.Next(3) switch
        {
            0 => "p/",
            1 => "p0",
            _ => $"p{(char)random.Next('.', '2')}{(char)random.Next('.', 'd')}",
        };
        var (one, other) = (Bound(), Bound());
        return string.CompareOrdinal(one, other) <= 0
            ? (one, other, random.Next(2) == 0, random.Next(1, 8), random.Next(-4, 5))
            : (other, one, random.Next(2) == 0, random.Next(1, 8), random.Next(-4, 5));
    }

    private static async Task<string> AnswerAsync(
        Database database, (string Begin, string End, bool Reverse, int Limit, int Offset) question)
    {
        byte[] begin = Encoding.Latin1.GetBytes(question.Begin), end = Encoding.Latin1.GetBytes(question.End);
        var range = await OrErrorAsync(async () => string.Join(' ', (await database.ReadAsync(reads =>
                reads.GetRangeAsync(
                    new KeyRange(begin, end),
                    new RangeOptions { Limit = question.Limit, Reverse = question.Reverse })))
            .Select(row => KeyText.Of(row.Key.Span))));
        var key = await OrErrorAsync(async () => KeyText.Of(await database.ReadAsync(reads =>
            reads.GetKeyAsync(KeySelector.FirstGreaterOrEqual(begin) + question.Offset))));
        return $"{range}; {key}";
    }

    private static async Task<string> OrErrorAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (FerrisException error)
        {
            return $"{error.Code}";
        }
    }
}
