using FerrisDB.Layers;

namespace FerrisDB.Tests.Layers;

public sealed class SubspaceTests
{
    private readonly Subspace _users = new("users");

    [Fact]
    public void Keys_are_packed_below_the_prefix_and_unpacked_without_it()
    {
        var key = _users.Pack("ada", 42);

        var (name, id) = _users.Unpack<string, long>(key);

        Assert.Equal(TupleEncoding.Pack("users", "ada", 42), key);
        Assert.Equal(("ada", 42L), (name, id));
        Assert.Equal(["ada", 42], _users.Unpack(key));
        Assert.Equal("ada", _users.Unpack<string>(_users.Pack("ada")));
        Assert.Equal((1, 2, 3), _users.Unpack<int, int, int>(_users.Pack(1, 2, 3)));
        Assert.Equal((1, 2, 3, 4), _users.Unpack<int, int, int, int>(_users.Pack(1, 2, 3, 4)));
        Assert.Equal(_users.Prefix.ToArray(), _users.Pack());
    }

    [Fact]
    public void Subspaces_have_subspaces()
    {
        Assert.Equal(_users.Pack("ada", 42, "x"), _users["ada"][42].Pack("x"));
        Assert.Equal(_users.Pack("ada", 42, "x"), _users.Sub("ada", 42).Pack("x"));
        Assert.Equal(_users.Pack(("ada", 42), "x"), _users[("ada", 42)].Pack("x"));
        Assert.Empty(new Subspace().Pack());
    }

    [Fact]
    public void The_range_is_that_of_longer_tuples()
    {
        var range = _users.Range("ada");

        Assert.Equal([.. _users.Pack("ada"), 0x00], range.Begin);
        Assert.Equal([.. _users.Pack("ada"), 0xff], range.End);
        Assert.True(range.Contains(_users.Pack("ada", 1)));
        Assert.False(range.Contains(_users.Pack("ada")));
        Assert.False(range.Contains(_users.Pack("adam", 1)));
        Assert.Equal([.. _users.Prefix.Span, 0x00], _users.Range().Begin);
    }

    [Fact]
    public void A_key_of_another_subspace_is_refused()
    {
        var key = new Subspace("groups").Pack(1);

        var error = Assert.Throws<FerrisException>(() => _users.Unpack<int>(key));

        Assert.Equal(ErrorCode.KeyNotInSubspace, error.Code);
        Assert.Equal(
            """The key b"\x02groups\x00\x15\x01" does not lie in Subspace("users").""", error.Message);
        Assert.Throws<FerrisException>(() => _users.Unpack(key));
        Assert.False(_users.TryUnpack(key, out _));
        Assert.False(_users.Contains(key));
        Assert.True(_users.Contains(_users.Pack()));
        Assert.True(_users.TryUnpack(_users.Pack(1), out var elements));
        Assert.Equal([1], elements);
    }

    [Fact]
    public void A_subspace_may_have_any_prefix()
    {
        byte[] prefix = [0xfe, 0x01];
        var subspace = Subspace.FromPrefix(prefix);
        prefix[0] = 0;

        Assert.Equal([0xfe, 0x01, 0x15, 0x07], subspace.Pack(7));
        Assert.Equal("""Subspace(b"\xfe\x01")""", subspace.ToString());
        Assert.Equal("""Subspace("users", 7)""", _users[7].ToString());
    }

    [Fact]
    public void A_key_is_read_element_by_element()
    {
        var reader = _users.Read(_users.Pack("ada", "skipped", 42));

        reader.Skip();
        reader.Skip();

        Assert.Equal(42, reader.Read<int>());
    }
}
