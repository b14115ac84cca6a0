using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

public sealed class DirectoryLayerTests : IDisposable
{
    private static readonly Subspace Nodes = Subspace.FromPrefix([0xfe]);
    private static readonly byte[] VersionKey = Nodes.Pack(new byte[] { 0xfe }, "version"u8.ToArray());

    private readonly Database _database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });
    private readonly DirectoryLayer _root = new(allowManualPrefixes: true);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_directory_is_created_once_and_opened_ever_after()
    {
        var created = await Run(tr => _root.CreateOrOpenAsync(tr, "app", "users"));
        var opened = await Run(tr => _root.CreateOrOpenAsync(tr, "app", "users"));
        var read = await _database.ReadAsync(reader => _root.OpenAsync(reader, ["app", "users"]));

        Assert.Equal(["app", "users"], created.Path);
        Assert.Equal(created.Prefix.ToArray(), opened.Prefix.ToArray());
        Assert.Equal(created.Prefix.ToArray(), read.Prefix.ToArray());
        Assert.True(created.Layer.IsEmpty);
        Assert.False(created.IsPartition);
        Assert.Equal(["app"], await Run(tr => _root.ListAsync(tr)));
        Assert.Equal(["users"], await Run(tr => _root.ListAsync(tr, "app")));
        Assert.Empty(_root.Path);
    }

    [Fact]
    public async Task A_directory_is_a_subspace_and_a_place_in_the_tree()
    {
        var app = await Run(tr => _root.CreateOrOpenAsync(tr, "app"));
        var users = await Run(tr => app.CreateOrOpenAsync(tr, "users"));

        Assert.Equal(["app", "users"], users.Path);
        Assert.Equal([.. users.Prefix.Span, 0x15, 42], users.Pack(42));
        Assert.Equal(["users"], await Run(tr => app.ListAsync(tr)));
        Assert.True(await Run(tr => app.ExistsAsync(tr)));
        Assert.True(await Run(tr => app.ExistsAsync(tr, "users")));
        Assert.False(await Run(tr => app.ExistsAsync(tr, "groups")));
        Assert.Equal(users.Pack(1), (await Run(tr => app.OpenAsync(tr, "users"))).Pack(1));
        Assert.StartsWith("/app/users (b\"", users.ToString());
    }

    [Fact]
    public async Task Names_are_listed_in_the_order_of_their_text()
    {
        foreach (var name in new[] { "z", "a", "", "é", "a\0b", "中" })
            await Run(tr => _root.CreateAsync(tr, name));

        Assert.Equal(["", "a", "a\0b", "z", "é", "中"], await Run(tr => _root.ListAsync(tr)));
    }

    [Fact]
    public async Task A_layer_is_recorded_and_checked()
    {
        await Run(tr => _root.CreateOrOpenAsync(tr, ["jobs"], "queue"u8));

        Assert.Equal("queue"u8.ToArray(), (await Run(tr => _root.OpenAsync(tr, "jobs"))).Layer.ToArray());
        Assert.Equal("queue"u8.ToArray(), (await Run(tr => _root.OpenAsync(tr, ["jobs"], "queue"u8))).Layer.ToArray());
        await AssertFails(
            ErrorCode.MismatchedLayer,
            """The directory /jobs has the layer b"queue", not b"graph".""",
            tr => _root.CreateOrOpenAsync(tr, ["jobs"], "graph"u8));
        await AssertFails(
            ErrorCode.MismatchedLayer, "The directory /jobs", tr => _root.OpenAsync(tr, ["jobs"], "graph"u8));
    }

    [Fact]
    public async Task What_is_or_is_not_there_is_told_with_its_path()
    {
        await Run(tr => _root.CreateAsync(tr, "app"));

        await AssertFails(
            ErrorCode.DirectoryAlreadyExists, "The directory /app exists already.", tr => _root.CreateAsync(tr, "app"));
        await AssertFails(
            ErrorCode.DirectoryDoesNotExist, "There is no directory /no/where.",
            tr => _root.OpenAsync(tr, "no", "where"));
        await AssertFails(ErrorCode.DirectoryDoesNotExist, "/no", tr => _root.ListAsync(tr, "no"));
        await AssertFails(ErrorCode.DirectoryDoesNotExist, "/no", tr => Removed(_root.RemoveAsync(tr, "no")));
        Assert.False(await Run(tr => _root.RemoveIfExistsAsync(tr, "no")));
        Assert.False(await Run(tr => _root.ExistsAsync(tr, "no")));
    }

    [Fact]
    public async Task The_root_is_there_and_stays_there()
    {
        await AssertFails(ErrorCode.CannotOpenRootDirectory, "root", tr => _root.CreateOrOpenAsync(tr));
        await AssertFails(ErrorCode.CannotOpenRootDirectory, "root", tr => _root.OpenAsync(tr));
        await AssertFails(ErrorCode.CannotOpenRootDirectory, "root", tr => _root.CreateAsync(tr));
        await AssertFails(ErrorCode.CannotModifyRootDirectory, "root", tr => Removed(_root.RemoveAsync(tr)));
        await AssertFails(ErrorCode.CannotModifyRootDirectory, "root", tr => _root.RemoveIfExistsAsync(tr));
        await AssertFails(ErrorCode.CannotModifyRootDirectory, "root", tr => _root.MoveAsync(tr, [], ["a"]));
        Assert.True(await Run(tr => _root.ExistsAsync(tr)));
        Assert.Empty(await Run(tr => _root.ListAsync(tr)));
    }

    [Fact]
    public async Task Moving_changes_the_path_and_nothing_else()
    {
        var users = await Run(tr => _root.CreateOrOpenAsync(tr, ["app", "users"], "people"u8));
        await Run(tr => _root.CreateOrOpenAsync(tr, "app", "users", "old"));
        await Run(tr => _root.CreateOrOpenAsync(tr, "archive"));

        var moved = await Run(tr => users.MoveToAsync(tr, "archive", "people"));

        Assert.Equal(["archive", "people"], moved.Path);
        Assert.Equal(users.Prefix.ToArray(), moved.Prefix.ToArray());
        Assert.Equal("people"u8.ToArray(), moved.Layer.ToArray());
        Assert.Empty(await Run(tr => _root.ListAsync(tr, "app")));
        Assert.Equal(["old"], await Run(tr => moved.ListAsync(tr)));
    }

    [Fact]
    public async Task A_move_that_makes_no_sense_is_refused()
    {
        var app = await Run(tr => _root.CreateOrOpenAsync(tr, "app"));
        await Run(tr => app.CreateOrOpenAsync(tr, "users"));

        await AssertFails(
            ErrorCode.InvalidDestinationDirectory, "/app cannot be moved to /app/users/app, into itself.",
            tr => _root.MoveAsync(tr, ["app"], ["app", "users", "app"]));
        await AssertFails(
            ErrorCode.InvalidDestinationDirectory, "/app", tr => _root.MoveAsync(tr, ["app"], ["app"]));
        await AssertFails(
            ErrorCode.DirectoryDoesNotExist, "/app/no", tr => app.MoveAsync(tr, ["no"], ["yes"]));
        await AssertFails(
            ErrorCode.DirectoryAlreadyExists, "/app", tr => _root.MoveAsync(tr, ["app", "users"], ["app"]));
        await AssertFails(
            ErrorCode.DirectoryAlreadyExists, "/", tr => _root.MoveAsync(tr, ["app", "users"], []));
        await AssertFails(
            ErrorCode.ParentDirectoryDoesNotExist, "There is no directory /no to move /app into; create it first.",
            tr => _root.MoveAsync(tr, ["app"], ["no", "app"]));
    }

    [Fact]
    public async Task Removing_takes_the_content_and_all_below_with_it()
    {
        var app = await Run(tr => _root.CreateOrOpenAsync(tr, "app"));
        var users = await Run(tr => app.CreateOrOpenAsync(tr, "a", "b", "users"));
        var others = await Run(tr => _root.CreateOrOpenAsync(tr, "others"));
        await _database.RunAsync(tr =>
        {
            tr.Set(app.Pack("x"), "x"u8);
            tr.Set(users.Prefix.Span, "x"u8);
            tr.Set(users.Pack("x"), "x"u8);
            tr.Set(others.Pack("x"), "x"u8);
        });

        await _database.RunAsync(tr => app.RemoveAsync(tr));

        Assert.Equal(["others"], await Run(tr => _root.ListAsync(tr)));
        var rows = await Run(tr => tr.GetRangeAsync(new KeyRange([], [0xfe])));
        Assert.Equal(others.Pack("x"), Assert.Single(rows).Key.ToArray());
        var nodes = await Run(tr => tr.GetRangeAsync(new KeyRange([0xfe], [0xff])));
        Assert.DoesNotContain(nodes, row => row.Value.Span.SequenceEqual(users.Prefix.Span));
    }

    [Fact]
    public async Task A_prefix_of_ones_own_must_be_free()
    {
        var own = await Run(tr => _root.CreateAsync(tr, ["own"], [], "own"u8));
        Assert.Equal("own"u8.ToArray(), own.Prefix.ToArray());

        foreach (var taken in new[] { "own", "ow", "owner" })
        {
            await AssertFails(
                ErrorCode.DirectoryPrefixInUse, $"The prefix b\"{taken}\" for /other is not free",
                tr => _root.CreateAsync(tr, ["other"], [], System.Text.Encoding.UTF8.GetBytes(taken)));
        }
        await AssertFails(
            ErrorCode.DirectoryPrefixInUse, "is not free", tr => _root.CreateAsync(tr, ["other"], [], [0xfe, 1]));
        await AssertFails(
            ErrorCode.KeyOutsideLegalRange, "begins with ff", tr => _root.CreateAsync(tr, ["other"], [], [0xff]));
        await AssertFails(
            ErrorCode.ManualPrefixesNotEnabled, "allowManualPrefixes",
            tr => new DirectoryLayer().CreateAsync(tr, ["other"], [], "other"u8));
        await Run(tr => _root.CreateAsync(tr, ["other"], [], "pwn"u8));
    }

    [Fact]
    public async Task A_prefix_is_not_handed_out_where_there_are_keys()
    {
        await _database.RunAsync(tr =>
        {
            for (var number = 0; number < 64; number++)
                tr.Set(TupleEncoding.Pack(number, "x"), []);
        });

        await AssertFails(
            ErrorCode.DirectoryPrefixNotEmpty, "There are keys already", tr => _root.CreateAsync(tr, "app"));
    }

    [Fact]
    public async Task A_prefix_is_not_handed_out_where_a_directory_has_chosen_its_own()
    {
        await Run(tr => _root.CreateAsync(tr, ["own"], [], [0x15]));
        await Run(tr => _root.CreateAsync(tr, ["zero"], [], [0x14]));

        await AssertFails(ErrorCode.DirectoryPrefixInUse, "is not free", tr => _root.CreateAsync(tr, "app"));
    }

    [Fact]
    public async Task A_tree_may_have_a_place_of_its_own()
    {
        var tree = new DirectoryLayer(Subspace.FromPrefix("nodes"u8), Subspace.FromPrefix("content"u8));

        var app = await Run(tr => tree.CreateOrOpenAsync(tr, "app"));

        Assert.StartsWith("content", System.Text.Encoding.UTF8.GetString(app.Prefix.Span));
        Assert.Empty(await Run(tr => _root.ListAsync(tr)));
        Assert.Empty(await Run(tr => tr.GetRangeAsync(new KeyRange([0xfe], [0xff]))));
    }

    [Theory]
    [InlineData(1, 0, 7, true, true)]
    [InlineData(1, 1, 0, true, false)]
    [InlineData(2, 0, 0, false, false)]
    [InlineData(0, 9, 0, true, false)]
    public async Task Only_what_is_known_of_a_newer_version_is_done(
        uint major, uint minor, uint patch, bool canRead, bool canWrite)
    {
        await Run(tr => _root.CreateAsync(tr, "app"));
        var version = new[] { major, minor, patch }.SelectMany(BitConverter.GetBytes).ToArray();
        await _database.RunAsync(tr => tr.Set(VersionKey, version));

        await AssertIncompatibleUnless(canRead, tr => _root.ListAsync(tr));
        await AssertIncompatibleUnless(canRead, tr => _root.OpenAsync(tr, "app"));
        await AssertIncompatibleUnless(canRead, tr => _root.CreateOrOpenAsync(tr, "app"));
        await AssertIncompatibleUnless(canRead, tr => _root.ExistsAsync(tr, "app"));
        await AssertIncompatibleUnless(canWrite, tr => _root.CreateAsync(tr, "new"));
        await AssertIncompatibleUnless(canWrite, tr => _root.MoveAsync(tr, ["app"], ["moved"]));
        await AssertIncompatibleUnless(canWrite, tr => _root.RemoveIfExistsAsync(tr, "moved"));
    }

    [Fact]
    public async Task Metadata_that_makes_no_sense_are_refused()
    {
        await Run(tr => _root.CreateAsync(tr, "app"));
        await _database.RunAsync(tr => tr.Set(Nodes.Pack(new byte[] { 0xfe }, 0, 7), []));
        await AssertFails(ErrorCode.InvalidDirectoryLayerMetadata, "is no name", tr => _root.ListAsync(tr));

        await _database.RunAsync(tr => tr.Set(Nodes.Pack(new byte[] { 0x15 }, 7), []));
        await _database.RunAsync(tr => tr.Set([0xfe, 0x01, 0x07, 0x00, 0xff], []));
        await _database.RunAsync(tr => tr.Set(VersionKey, [1, 0, 0]));
        await AssertFails(ErrorCode.InvalidDirectoryLayerMetadata, "a version of 3 bytes", tr => _root.ListAsync(tr));
    }

    [Fact]
    public async Task Two_who_create_the_same_directory_conflict()
    {
        using var first = _database.CreateTransaction();
        using var second = _database.CreateTransaction();
        await _root.CreateOrOpenAsync(first, "app");
        await _root.CreateOrOpenAsync(second, "app");

        await first.CommitAsync();

        Assert.Equal(ErrorCode.NotCommitted, (await second.TryCommitAsync())?.Code);
    }

    [Fact]
    public async Task Null_is_misuse()
    {
        using var transaction = _database.CreateTransaction();

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _root.CreateOrOpenAsync(null!, "a"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _root.CreateOrOpenAsync(transaction, "a", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await Allocate(null!));
    }

    private static ValueTask<long> Allocate(Transaction transaction) =>
        new HighContentionAllocator(new Subspace("x")).AllocateAsync(transaction);

    private async ValueTask<T> Run<T>(Func<Transaction, ValueTask<T>> body) => await _database.RunAsync(body);

    private static async ValueTask<bool> Removed(ValueTask removal)
    {
        await removal;
        return true;
    }

    private async Task AssertFails<T>(ErrorCode code, string message, Func<Transaction, ValueTask<T>> body)
    {
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await Run(body));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message);
    }

    private async Task AssertIncompatibleUnless<T>(bool isAllowed, Func<Transaction, ValueTask<T>> body)
    {
        if (isAllowed)
            await Run(body);
        else
            await AssertFails(ErrorCode.IncompatibleDirectoryVersion, "version", body);
    }
}
