namespace FerrisDB.Tests.ReadYourWrites;

/// <summary>
/// The memory of a page goes to the next one when somebody lets it go, as the C library does, and never before.
/// </summary>
public sealed class PageMemoryTests
{
    private const int Rows = 300;

    [Fact]
    public Task A_page_that_is_kept_stays_what_it_is_while_others_are_let_go() => PlayAsync();

    internal static async Task PlayAsync()
    {
        await using var database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });
        await database.RunAsync(transaction =>
        {
            for (var row = 0; row < Rows; row++)
                transaction.Set(Key(row), Value(row));
        });
        var random = new Random(1);
        var kept = new List<(int First, RangePage Page)>();
        using var transaction = database.CreateTransaction();

        for (var read = 0; read < 400; read++)
        {
            var first = random.Next(Rows - 1);
            var page = await transaction.GetPageAsync(
                new KeyRange(Key(first), Key(Rows)), new RangeOptions { Limit = random.Next(1, Rows) });
            AssertIs(first, page);
            if (random.Next(4) == 0)
                kept.Add((first, page));
            else
                page.LetGo();
        }

        foreach (var (first, page) in kept)
            AssertIs(first, page);
    }

    private static void AssertIs(int first, RangePage page)
    {
        Assert.NotEmpty(page);
        for (var index = 0; index < page.Count; index++)
        {
            Assert.Equal(Key(first + index), page[index].Key.ToArray());
            Assert.Equal(Value(first + index), page[index].Value.ToArray());
        }
    }

    private static byte[] Key(int row) => BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(row));

    private static byte[] Value(int row) => [.. Enumerable.Repeat((byte)row, row % 50)];
}
