using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Which keys a transaction may touch: those of users, of the system, and the special ones.</summary>
public sealed class KeySpaceTests : IDisposable
{
    private readonly ContractScene _scene = new();

    public void Dispose() => _scene.Dispose();

    // What a call fails with for everybody, for who may read the keys of the system, and for who may write them.
    [Theory]
    [InlineData("get \u00ff", 2004, null, null)]
    [InlineData("get \u00ff\u0001", 2004, null, null)]
    [InlineData("snapshot \u00ff\u0001", 2004, null, null)]
    [InlineData("key \u00ff < 1", null, null, null)]
    [InlineData("key \u00ff\u0001 < 1", 2004, null, null)]
    [InlineData("key \u00ff\u00ff < 0", 2004, null, null)]
    [InlineData("key \u00ff\u00ff\u0001 < 0", 2004, 2004, 2004)]
    [InlineData("page a \u00ff", null, null, null)]
    [InlineData("page a \u00ff\u0001", 2004, null, null)]
    [InlineData("page \u00ff\u0001 a", 2004, null, null)]
    [InlineData("page \u00ff \u00ff\u00ff", 2004, null, null)]
    [InlineData("page a \u00ff\u00ff\u0001", 2004, 2004, 2004)]
    [InlineData("watch \u00ff\u0001", 2004, null, null)]
    [InlineData("split a \u00ff", null, null, null)]
    [InlineData("split a \u00ff\u0001", 2004, null, null)]
    [InlineData("estimate a \u00ff\u0001", null, null, null)]
    [InlineData("set \u00ff", 2004, 2004, null)]
    [InlineData("set \u00ff\u0001", 2004, 2004, null)]
    [InlineData("add \u00ff\u0001", 2004, 2004, null)]
    [InlineData("clear \u00ff\u0001", 2004, 2004, null)]
    [InlineData("clearrange a \u00ff", null, null, null)]
    [InlineData("clearrange a \u00ff\u0001", 2004, 2004, null)]
    [InlineData("clearrange a \u00ff\u00ff", 2004, 2004, null)]
    [InlineData("clearrange a \u00ff\u00ff\u0001", 2004, 2004, 2004)]
    [InlineData("stampvalue \u00ff\u0001", 2004, 2004, null)]
    [InlineData("stampkey \u00ff\u0001", 2004, 2004, null)]
    [InlineData("readconflict a \u00ff\u0001", 2004, null, null)]
    [InlineData("writeconflict a \u00ff\u0001", 2004, 2004, null)]
    [InlineData("add \u00ff\u00ff/status/json", 2004, 2004, 2004)]
    [InlineData("stampvalue \u00ff\u00ff", 2004, 2004, 2004)]
    public async Task The_keys_of_the_system_need_an_option(string call, int? without, int? reading, int? writing)
    {
        Assert.Equal(without, await CommittedAsync(_scene.Begin(), call));
        Assert.Equal(reading, await CommittedAsync(_scene.Begin(TransactionOption.ReadSystemKeys), call));
        Assert.Equal(writing, await CommittedAsync(_scene.Begin(TransactionOption.AccessSystemKeys), call));
    }

    [Fact]
    public async Task A_key_template_of_the_system_needs_the_option_also_if_the_stamp_overwrites_its_beginning()
    {
        using var transaction = _scene.Begin();
        transaction.SetVersionstampedKey([0xff, .. new byte[13]], []);

        Assert.Equal(2004, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task The_empty_key_is_a_key()
    {
        await _scene.RunAsync("set - first", "set a");
        using var transaction = _scene.Begin();

        Assert.Equal("first"u8.ToArray(), await transaction.GetAsync([]));
        Assert.Equal(Array.Empty<byte>(), await transaction.GetKeyAsync(KeySelector.FirstGreaterOrEqual(default)));
        Assert.Equal(2, (await transaction.GetRangeAsync(new KeyRange([], "z"u8.ToArray()))).Count);
        transaction.Atomic(MutationType.AppendIfFits, [], "!"u8);
        Assert.Equal("first!"u8.ToArray(), await transaction.GetAsync([]));
        transaction.Clear([]);
        await transaction.CommitAsync();
        Assert.Null(await _scene.ReadAsync(""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_metadata_version_is_read_by_anybody_and_written_by_its_one_operation_alone(bool hasAccess)
    {
        const string Key = "\u00ff/metadataVersion";
        TransactionOption[] options = hasAccess ? [TransactionOption.AccessSystemKeys] : [];
        foreach (var call in (string[])[$"set {Key}", $"add {Key}", $"append {Key} 1"])
            Assert.Equal(2000, await CommittedAsync(_scene.Begin(options), call));
        using var wrong = _scene.Begin(options);
        wrong.SetVersionstampedValue(Bytes(Key), new byte[15]);
        Assert.Equal(2000, await CodeAsync(wrong.CommitAsync()));
        Assert.Equal(hasAccess ? null : 2004, await CommittedAsync(_scene.Begin(options), $"clear {Key}"));
        Assert.Equal(hasAccess ? null : 2004, await CommittedAsync(_scene.Begin(options), $"page {Key} {Key}a"));
        Assert.Null(await CommittedAsync(_scene.Begin(options), $"readconflict {Key} {Key}\0"));

        using var right = _scene.Begin(options);
        Assert.Null(await right.GetAsync(Bytes(Key)));
        right.SetVersionstampedValue(Bytes(Key), new byte[14]);
        var stamp = right.GetVersionstampAsync();
        await right.CommitAsync();
        using var reader = _scene.Begin(options);
        Assert.Equal(await stamp, await reader.GetAsync(Bytes(Key)));
    }

    [Fact]
    public async Task Behind_the_keys_of_the_system_there_is_nothing_until_the_special_keys()
    {
        using var transaction = _scene.Begin();

        Assert.Null(await transaction.GetAsync([0xff, 0xff]));
    }

    private static async Task<int?> CommittedAsync(Transaction transaction, string call)
    {
        using (transaction)
        {
            return await CodeAsync(ContractCalls.RunAsync(transaction, call))
                ?? await CodeAsync(transaction.CommitAsync());
        }
    }
}
