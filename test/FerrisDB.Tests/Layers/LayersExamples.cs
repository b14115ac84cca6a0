using System.Text;
using System.Text.RegularExpressions;
using FerrisDB.Layers;
using FerrisDB.Tests.House;

namespace FerrisDB.Tests.Layers;

// The examples of docs/layers.md: they compile, and do what the page says.
public sealed partial class LayersExamples : IDisposable
{
    private readonly Database _database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });

    // What the page writes to the console.
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    public void Dispose()
    {
        _database.Dispose();
        Console.Dispose();
    }

    [Fact]
    public void Every_example_of_the_page_is_here()
    {
        var source = WithoutBlanks(RepositoryTree.Read("test/FerrisDB.Tests/Layers/LayersExamples.cs"));
        var examples = Example().Matches(RepositoryTree.Read("docs/layers.md"));

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains(WithoutBlanks(example.Groups["code"].Value), source));
    }

    [Fact]
    public void Tuples_are_packed_and_unpacked()
    {
        byte[] key = TupleEncoding.Pack("users", "ada", 42);

        var (table, name, id) = TupleEncoding.Unpack<string, string, long>(key);

        Assert.Equal(("users", "ada", 42L), (table, name, id));
    }

    [Fact]
    public void A_tuple_is_nested_in_another()
    {
        byte[] place = TupleEncoding.Pack("at", (3, -7));
        TupleValue[] elements = TupleEncoding.Unpack(place);

        Assert.Equal(["at", (3, -7)], elements);
    }

    [Fact]
    public async Task A_subspace_is_written_and_read()
    {
        var database = _database;

        var users = new Subspace("users");

        await database.RunAsync(transaction =>
        {
            transaction.Set(users.Pack("ada", 1), "Lovelace"u8);
            transaction.Set(users.Pack("ada", 2), "Byron"u8);
            transaction.Set(users.Pack("alan", 1), "Turing"u8);
        });

        await database.RunAsync(async transaction =>
        {
            await foreach (var row in transaction.GetRange(users.Range("ada")))
            {
                var (name, number) = users.Unpack<string, int>(row.Key.Span);
                Console.WriteLine($"{name} {number}: {Encoding.UTF8.GetString(row.Value.Span)}");
            }
        });

        Assert.Equal("ada 1: Lovelace\nada 2: Byron\n", Console.ToString());
    }

    [Fact]
    public async Task A_log_is_in_the_order_of_commits()
    {
        var database = _database;

        var log = new Subspace("log");

        await database.RunAsync(transaction =>
        {
            transaction.SetVersionstampedKey(log.PackWithVersionstamp(Versionstamp.Incomplete(0)), "first"u8);
            transaction.SetVersionstampedKey(log.PackWithVersionstamp(Versionstamp.Incomplete(1)), "second"u8);
        });

        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(log.Range()));
        var stamps = rows.Select(row => log.Unpack<Versionstamp>(row.Key.Span)).ToList();
        Assert.Equal(["first", "second"], rows.Select(row => Encoding.UTF8.GetString(row.Value.Span)));
        Assert.Equal(stamps[0], new Versionstamp(stamps[1].Version, stamps[1].BatchOrder));
        Assert.All(stamps, stamp => Assert.True(stamp.IsComplete));
    }

    [Fact]
    public async Task A_directory_is_created_moved_and_listed()
    {
        var database = _database;

        var root = new DirectoryLayer();

        var people = await database.RunAsync(
            transaction => root.CreateOrOpenAsync(transaction, "app", "people"));

        await database.RunAsync(transaction => transaction.Set(people.Pack("ada"), "Lovelace"u8));

        await database.RunAsync(transaction => people.MoveToAsync(transaction, "app", "members"));
        var names = await database.ReadAsync(reader => root.ListAsync(reader, "app"));

        Assert.Equal(["members"], names);
        Assert.InRange(people.Prefix.Length, 1, 2);
    }

    [Fact]
    public async Task Tickets_are_given_out_once()
    {
        var database = _database;

        var tickets = new HighContentionAllocator(new Subspace("tickets"));

        long ticket = await database.RunAsync(transaction => tickets.AllocateAsync(transaction));

        Assert.InRange(ticket, 0, 63);
    }

    [Fact]
    public void Tuples_have_a_text()
    {
        string text = TupleText.Format(["users", 42, TupleValue.Null, ("a", 1.5)]);
        TupleValue[] tuple = TupleText.Parse("""("users", 42, null, ("a", 1.5))""");

        Assert.Equal(TupleText.Format(tuple), text);
    }

    private static string WithoutBlanks(string text) => Blanks().Replace(text, " ");

    [GeneratedRegex(@"```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
