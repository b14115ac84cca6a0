using System.Text;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.SpecialKeys;

/// <summary>Where shards begin, as bindings of FoundationDB read it: there is one, of all keys.</summary>
public sealed class ShardRowsTests
{
    private const string Prefix = "\xff/keyServers/";

    // The encoding's version, one server with the id 1, and none that the shard moves to.
    private const string Shard = "01000162B000DB0F" + "01000000" + "01000000000000000000000000000000" + "00000000";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_keys_are_one_shard_in_process_and_on_a_server(bool isServed)
    {
        await using var server = isServed ? await TestServer.StartAsync() : null;
        await using var database = server?.Connect() ?? Database.OpenInMemory();
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReadSystemKeys);

        Assert.Equal(Shard, Convert.ToHexString((await transaction.GetAsync(Key(Prefix)))!));
        Assert.Empty((await transaction.GetAsync(Key(Prefix + "\xff\xff")))!);
        Assert.Null(await transaction.GetAsync(Key(Prefix + "a")));
        Assert.Equal(["", "\xff\xff"], await BoundariesAsync(transaction, Prefix, "\xff/keyServers0"));
        Assert.Equal([""], await BoundariesAsync(transaction, Prefix, Prefix + "\xff\xff"));
        Assert.Empty(await BoundariesAsync(transaction, Prefix + "a", Prefix + "b"));
        var last = await transaction.Snapshot.GetPageAsync(
            KeySelector.FirstGreaterThan(Key(Prefix)), KeySelector.FirstGreaterOrEqual(Key("\xff/keyServers0")),
            new RangeOptions { Limit = 1, Reverse = true });
        Assert.Equal(Key(Prefix + "\xff\xff"), last[0].Key.ToArray());
    }

    [Fact]
    public async Task The_rows_are_of_the_system_and_nobody_changes_them()
    {
        await using var database = Database.OpenInMemory();
        using var user = database.CreateTransaction();
        await database.RunAsync(
            transaction =>
            {
                transaction.SetOption(TransactionOption.AccessSystemKeys);
                transaction.ClearRange(Key(Prefix), Key("\xff/keyServers0"));
                transaction.Set(Key(Prefix + "a"), []);
            },
            TestContext.Current.CancellationToken);
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReadSystemKeys);

        Assert.Equal(2004, await ContractScene.CodeAsync(user.GetAsync(Key(Prefix)).AsTask()));
        Assert.Equal(
            2004, await ContractScene.CodeAsync(BoundariesAsync(user, Prefix, "\xff/keyServers0")));
        Assert.Equal(["", "\xff\xff"], await BoundariesAsync(transaction, Prefix, "\xff/keyServers0"));
        transaction.Cancel();
        Assert.Equal(1025, await ContractScene.CodeAsync(transaction.GetAsync(Key(Prefix)).AsTask()));
    }

    private static async Task<string[]> BoundariesAsync(Transaction transaction, string begin, string end)
    {
        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(Key(begin)), KeySelector.FirstGreaterOrEqual(Key(end)));
        Assert.False(page.More);
        return [.. page.Select(row => Encoding.Latin1.GetString(row.Key.Span[Prefix.Length..]))];
    }

    private static byte[] Key(string text) => Encoding.Latin1.GetBytes(text);
}
