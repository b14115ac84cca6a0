using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>The lines of cluster files.</summary>
public sealed class DatabasePlaceTests
{
    [Theory]
    [InlineData("ferrisdb:embedded@/data/orders", "/data/orders")]
    [InlineData("ferrisdb:embedded@data", "/parent/data")]
    [InlineData("ferrisdb:embedded@../other/./x", "/other/x")]
    [InlineData("ferrisdb:embedded@/with blank/and@sign", "/with blank/and@sign")]
    public void A_line_names_a_folder(string line, string folder)
    {
        var place = DatabasePlace.Parse(line, "/parent");

        Assert.Equal(new DatabasePlace(PlaceKind.Folder, folder), place);
    }

    [Fact]
    public void A_line_names_memory()
    {
        Assert.Equal(
            new DatabasePlace(PlaceKind.Memory, "orders"), DatabasePlace.Parse("ferrisdb:memory@orders", "/"));
    }

    [Theory]
    [InlineData("local:abc123@127.0.0.1:4500")]
    [InlineData("my_cluster:x@10.0.0.1:4500,10.0.0.2:4501:tls")]
    [InlineData("c:1@[::1]:4500")]
    [InlineData("c:1@db.example.com:4500")]
    public void A_line_of_FoundationDBs_form_names_servers(string line)
    {
        Assert.Equal(new DatabasePlace(PlaceKind.Servers, line), DatabasePlace.Parse(line, "/"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ferrisdb:embedded@")]
    [InlineData("ferrisdb:memory@")]
    [InlineData("ferrisdb:elsewhere@x")]
    [InlineData("no line of any form")]
    [InlineData("desc:id@")]
    [InlineData("desc:id@host")]
    [InlineData("desc:id@host:port")]
    [InlineData("desc:id@host:0")]
    [InlineData("desc:id@host:70000")]
    [InlineData("de-sc:id@host:1")]
    [InlineData("desc:i_d@host:1")]
    [InlineData(":id@host:1")]
    [InlineData("desc:@host:1")]
    [InlineData("@host:1")]
    public void A_line_of_no_form_is_refused(string line)
    {
        var refused = Assert.Throws<FerrisException>(() => DatabasePlace.Parse(line, "/"));

        Assert.Equal(ErrorCode.ConnectionStringInvalid, refused.Code);
    }

    [Theory]
    [InlineData("ferrisdb:memory@a", true)]
    [InlineData("\n# comment\r\n  ferrisdb:memory@a \r\n\n", true)]
    [InlineData("c:1@a:1,\nb:1\n", true)]
    [InlineData("# comment\n", false)]
    [InlineData("", false)]
    [InlineData("ferrisdb:memory@a\nferrisdb:memory@b", false)]
    public void A_file_names_one_database_beside_comments(string content, bool isUnderstood)
    {
        var failure = Record.Exception(() => DatabasePlace.ParseFile(content, "/"));

        Assert.Equal(isUnderstood, failure is null);
    }
}
