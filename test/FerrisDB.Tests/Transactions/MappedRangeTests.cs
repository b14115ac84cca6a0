using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.Tests.Transactions;

/// <summary>Ranges whose rows lead to other keys: from an index to what it points at.</summary>
public sealed class MappedRangeTests : IDisposable
{
    private static readonly KeySelector Begin = KeySelector.FirstGreaterOrEqual(TupleEncoding.Pack("city"));
    private static readonly KeySelector End = KeySelector.FirstGreaterOrEqual(TupleEncoding.Pack("city~"));

    private readonly Database _database = Database.OpenInMemory();

    [Fact]
    public async Task An_index_leads_to_single_keys_or_to_all_keys_below_a_prefix()
    {
        await FillAsync();
        using var transaction = _database.CreateTransaction();

        var single = await transaction.GetMappedPageAsync(Begin, End, TupleEncoding.Pack("user", "{V[0]}", "name"));
        var all = await transaction.GetMappedPageAsync(Begin, End, TupleEncoding.Pack("user", "{K[2]}", "{...}"));

        Assert.Equal(["Ada", "Grace"], single.Rows.Select(row => Text(Assert.Single(row.Mapped).Value)));
        Assert.Equal([2, 2], all.Rows.Select(row => row.Mapped.Count));
    }

    [Fact]
    public async Task What_is_looked_up_is_a_read_conflict_too()
    {
        await FillAsync();
        using var transaction = _database.CreateTransaction();
        await transaction.GetMappedPageAsync(Begin, End, TupleEncoding.Pack("user", "{V[0]}", "name"));
        transaction.Set("x"u8, []);
        await _database.RunAsync(
            other => other.Set(TupleEncoding.Pack("user", 2, "name"), []), TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCode.NotCommitted, await CodeAsync(async () => await transaction.CommitAsync()));
    }

    [Fact]
    public async Task Wrong_mappers_and_own_writes_are_refused_with_their_codes()
    {
        await FillAsync();
        using var transaction = _database.CreateTransaction();

        Assert.Equal(ErrorCode.MapperNotTuple, await MapAsync(transaction, "\xff"u8.ToArray()));
        Assert.Equal(ErrorCode.MapperBadIndex, await MapAsync(transaction, TupleEncoding.Pack("{K[9]}")));
        Assert.Equal(ErrorCode.MapperBadRangeDescriptor, await MapAsync(transaction, TupleEncoding.Pack("{...}", 1)));
        Assert.Equal(ErrorCode.MapperBadIndex, await MapAsync(transaction, TupleEncoding.Pack("{oops")));

        transaction.Set(TupleEncoding.Pack("user", 1, "name"), []);
        Assert.Equal(
            ErrorCode.GetMappedRangeReadsYourWrites,
            await MapAsync(transaction, TupleEncoding.Pack("user", "{V[0]}", "name")));
    }

    [Fact]
    public async Task Rows_that_are_no_tuples_or_lead_to_too_much_are_refused_and_the_transaction_can_still_commit()
    {
        await FillAsync();
        await _database.RunAsync(
            transaction =>
            {
                transaction.Set("no tuple"u8, []);
                transaction.Set(TupleEncoding.Pack("city", "Paris", 3), "no tuple"u8);
                for (var row = 0; row < 11; row++)
                    transaction.Set(TupleEncoding.Pack("user", 3, row), new byte[100_000]);
            },
            TestContext.Current.CancellationToken);
        using var transaction = _database.CreateTransaction();
        var all = TupleEncoding.Pack("user", "{K[2]}", "{...}");

        Assert.Equal(ErrorCode.ValueNotTuple, await MapAsync(transaction, TupleEncoding.Pack("user", "{V[0]}")));
        Assert.Equal(ErrorCode.QuickGetKeyValuesHasMore, await MapAsync(transaction, all));
        Assert.Equal(ErrorCode.KeyNotTuple, await CodeAsync(async () => await transaction.GetMappedPageAsync(
            KeySelector.FirstGreaterOrEqual("n"u8.ToArray()), KeySelector.FirstGreaterOrEqual("o"u8.ToArray()), all)));
        transaction.Set("x"u8, []);
        await transaction.CommitAsync();

        using var unaware = _database.CreateTransaction();
        unaware.SetOption(TransactionOption.ReadYourWritesDisable);
        Assert.Equal(ErrorCode.UnsupportedOperation, await MapAsync(unaware, all));
    }

    public void Dispose() => _database.Dispose();

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    private static async Task<ErrorCode> CodeAsync(Func<Task> action) =>
        (await Assert.ThrowsAsync<FerrisException>(action)).Code;

    private static Task<ErrorCode> MapAsync(Transaction transaction, byte[] mapper) =>
        CodeAsync(async () => await transaction.GetMappedPageAsync(Begin, End, mapper));

    private async Task FillAsync() => await _database.RunAsync(
        transaction =>
        {
            (string City, long Id, string Name)[] people = [("London", 1, "Ada"), ("New York", 2, "Grace")];
            foreach (var (city, id, name) in people)
            {
                transaction.Set(TupleEncoding.Pack("city", city, id), TupleEncoding.Pack(id));
                transaction.Set(TupleEncoding.Pack("user", id, "name"), Encoding.UTF8.GetBytes(name));
                transaction.Set(TupleEncoding.Pack("user", id, "born"), []);
            }
        },
        TestContext.Current.CancellationToken);
}
