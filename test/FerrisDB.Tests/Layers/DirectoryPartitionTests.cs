using System.Buffers;
using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

public sealed class DirectoryPartitionTests : IDisposable
{
    private readonly Database _database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });
    private readonly DirectoryLayer _root = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task All_of_a_partition_lies_below_its_prefix()
    {
        var partition = await CreatePartition("tenant");
        var users = await Run(tr => partition.CreateOrOpenAsync(tr, "app", "users"));

        Assert.True(partition.IsPartition);
        Assert.False(users.IsPartition);
        Assert.Equal(["tenant", "app", "users"], users.Path);
        Assert.Equal(users.Pack(1), (await Run(tr => _root.OpenAsync(tr, "tenant", "app", "users"))).Pack(1));
        Assert.Equal(["app"], await Run(tr => _root.ListAsync(tr, "tenant")));
        Assert.Equal(["app"], await Run(tr => partition.ListAsync(tr)));
        Assert.Equal(["users"], await Run(tr => partition.ListAsync(tr, "app")));
        var prefix = await PrefixOf("tenant");
        Assert.StartsWith(Convert.ToHexString(prefix), Convert.ToHexString(users.Prefix.Span));
        Assert.NotEmpty(await Run(tr => tr.GetRangeAsync(new KeyRange([.. prefix, 0xfe], [.. prefix, 0xff]))));
    }

    [Fact]
    public async Task A_partition_has_no_keys_of_its_own()
    {
        var partition = await CreatePartition("tenant");

        Action[] uses =
        [
            () => partition.Pack(1), () => partition.Range(), () => partition.Contains([]), () => partition.Unpack([]),
            () => _ = partition["a"], () => partition.Sub("a"), () => _ = partition.Prefix, () => partition.Read([]),
            () => partition.PackWithVersionstamp(Versionstamp.Incomplete()), () => partition.TryUnpack([], out _),
            () => partition.PackTo(new ArrayBufferWriter<byte>(), 1), () => partition.TryPack([], out _, 1),
        ];

        Assert.All(uses, use => Assert.Equal(
            ErrorCode.CannotUsePartitionAsSubspace, Assert.Throws<FerrisException>(use).Code));
        Assert.StartsWith("/tenant (partition ", partition.ToString());
    }

    [Fact]
    public async Task A_partition_is_moved_and_removed_as_a_whole()
    {
        var partition = await CreatePartition("tenant");
        await Run(tr => partition.CreateOrOpenAsync(tr, "app"));
        var prefix = await PrefixOf("tenant");

        var moved = await Run(tr => partition.MoveToAsync(tr, "renamed"));
        Assert.Equal(["app"], await Run(tr => moved.ListAsync(tr)));
        Assert.True(await Run(tr => moved.ExistsAsync(tr)));
        Assert.False(await Run(tr => partition.ExistsAsync(tr)));
        Assert.True(await Run(tr => moved.RemoveIfExistsAsync(tr)));

        Assert.Empty(await Run(tr => _root.ListAsync(tr)));
        Assert.Empty(await Run(tr => tr.GetRangeAsync(new KeyRange([], [0xfe]))));
        Assert.NotEmpty(prefix);
    }

    [Fact]
    public async Task Directories_are_moved_within_a_partition_but_not_out_of_it()
    {
        var first = await CreatePartition("first");
        var second = await CreatePartition("second");
        var app = await Run(tr => first.CreateOrOpenAsync(tr, "app"));
        await Run(tr => second.CreateOrOpenAsync(tr, "app"));
        await Run(tr => _root.CreateOrOpenAsync(tr, "plain"));

        Assert.Equal(["first", "moved"], (await Run(tr => app.MoveToAsync(tr, "first", "moved"))).Path);
        Assert.Equal(
            ["first", "again"], (await Run(tr => _root.MoveAsync(tr, ["first", "moved"], ["first", "again"]))).Path);
        app = await Run(tr => first.MoveAsync(tr, ["again"], ["app"]));
        await AssertNotMoved(tr => app.MoveToAsync(tr, "second", "there"));
        await AssertNotMoved(tr => app.MoveToAsync(tr, "app"));
        await AssertNotMoved(tr => app.MoveToAsync(tr));
        await AssertNotMoved(tr => _root.MoveAsync(tr, ["first", "app"], ["second", "there"]));
        await AssertNotMoved(tr => _root.MoveAsync(tr, ["first", "app"], ["app"]));
        await AssertNotMoved(tr => _root.MoveAsync(tr, ["plain"], ["first", "plain"]));
        await AssertNotMoved(tr => _root.MoveAsync(tr, ["first"], ["second", "first"]));
    }

    [Fact]
    public async Task What_lies_in_a_partition_is_removed_through_any_way_to_it()
    {
        var partition = await CreatePartition("tenant");
        var app = await Run(tr => partition.CreateOrOpenAsync(tr, "app"));
        await Run(tr => app.CreateOrOpenAsync(tr, "a"));
        await Run(tr => app.CreateOrOpenAsync(tr, "b"));

        Assert.True(await Run(tr => _root.RemoveIfExistsAsync(tr, "tenant", "app", "a")));
        Assert.True(await Run(tr => partition.RemoveIfExistsAsync(tr, "app", "b")));
        Assert.False(await Run(tr => partition.RemoveIfExistsAsync(tr, "no")));
        Assert.Empty(await Run(tr => app.ListAsync(tr)));
        await _database.RunAsync(tr => app.RemoveAsync(tr));
        Assert.False(await Run(tr => _root.ExistsAsync(tr, "tenant", "app")));
        Assert.True(await Run(tr => _root.ExistsAsync(tr, "tenant")));
    }

    [Fact]
    public async Task Prefixes_cannot_be_chosen_in_a_partition()
    {
        var root = new DirectoryLayer(allowManualPrefixes: true);
        await CreatePartition("tenant");

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await Run(tr => root.CreateAsync(tr, ["tenant", "app"], [], "own"u8)));

        Assert.Equal(ErrorCode.PrefixInPartition, error.Code);
        Assert.Contains("/tenant", error.Message);
    }

    [Fact]
    public async Task Partitions_may_lie_in_partitions()
    {
        var outer = await CreatePartition("outer");
        var inner = await Run(tr => outer.CreateAsync(tr, ["inner"], DirectoryLayer.PartitionLayer.Span));
        var app = await Run(tr => inner.CreateOrOpenAsync(tr, "app"));

        Assert.Equal(["outer", "inner", "app"], app.Path);
        Assert.Equal(app.Pack(1), (await Run(tr => _root.OpenAsync(tr, "outer", "inner", "app"))).Pack(1));
        await AssertNotMoved(tr => app.MoveToAsync(tr, "outer", "app"));
        await AssertNotMoved(tr => _root.MoveAsync(tr, ["outer", "inner", "app"], ["outer", "app"]));
        Assert.Equal(["outer", "moved"], (await Run(tr => inner.MoveToAsync(tr, "outer", "moved"))).Path);
        Assert.Equal(["app"], await Run(tr => _root.ListAsync(tr, "outer", "moved")));
    }

    private async ValueTask<T> Run<T>(Func<Transaction, ValueTask<T>> body) => await _database.RunAsync(body);

    private ValueTask<DirectorySubspace> CreatePartition(string name) =>
        Run(tr => _root.CreateAsync(tr, [name], DirectoryLayer.PartitionLayer.Span));

    // The prefix is the value of the name in the root.
    private async Task<byte[]> PrefixOf(string name)
    {
        var key = Subspace.FromPrefix([0xfe]).Pack(new byte[] { 0xfe }, 0, name);
        return await Run(async tr => await tr.GetAsync(key)) ?? throw new InvalidOperationException(name);
    }

    private async Task AssertNotMoved(Func<Transaction, ValueTask<DirectorySubspace>> move)
    {
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await Run(move));
        Assert.Equal(ErrorCode.CannotMoveDirectoryBetweenPartitions, error.Code);
    }
}
