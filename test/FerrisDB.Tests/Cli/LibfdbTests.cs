using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

/// <summary>libfdb install.</summary>
public sealed class LibfdbTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    private string Install(string target) =>
        _cli.Answer("libfdb", "install", "--to", _cli.PathOf(target), "--library", _cli.Write("lib.so", "library"));

    [Fact]
    public void It_writes_the_library_its_headers_a_package_and_a_cluster_file()
    {
        var files = Install("there").Split('\n').Select(file => Path.GetRelativePath(_cli.PathOf("there"), file));

        Assert.Equal(
            [
                "lib/libfdb_c.so", "include/foundationdb/fdb_c.h", "include/foundationdb/fdb_c_options.g.h",
                "include/foundationdb/fdb_c_types.h", "lib/pkgconfig/foundationdb-client.pc", "fdb.cluster",
            ],
            files);
        Assert.Equal("library", File.ReadAllText(_cli.PathOf("there/lib/libfdb_c.so")));
        Assert.Contains(
            "fdb_create_database", File.ReadAllText(_cli.PathOf("there/include/foundationdb/fdb_c.h")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_package_and_the_cluster_file_name_where_they_are()
    {
        Install("there");
        var there = _cli.PathOf("there");

        Assert.Contains(
            $"prefix={there}\n", File.ReadAllText(_cli.PathOf("there/lib/pkgconfig/foundationdb-client.pc")),
            StringComparison.Ordinal);
        var place = FerrisDB.Native.DatabasePlace.ParseFile(File.ReadAllText(_cli.PathOf("there/fdb.cluster")), there);
        Assert.Equal(Path.Combine(there, "ferrisdb-data"), place.Address);
    }

    [Fact]
    public void A_second_time_it_leaves_the_cluster_file_as_it_is()
    {
        Install("there");
        File.WriteAllText(_cli.PathOf("there/fdb.cluster"), "ferrisdb:memory@mine\n");

        Assert.DoesNotContain("fdb.cluster", Install("there"), StringComparison.Ordinal);
        Assert.Equal("ferrisdb:memory@mine\n", File.ReadAllText(_cli.PathOf("there/fdb.cluster")));
    }

    [Fact]
    public void A_library_that_is_not_there_is_told()
    {
        var result = _cli.Run("libfdb", "install", "--to", _cli.PathOf("x"), "--library", _cli.PathOf("none.so"));

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("none.so", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_compiler_it_says_what_to_install()
    {
        _cli.Write("dotnet", "");

        Assert.Contains("zlib1g-dev", LibfdbLibrary.Missing(_cli.PathOf("")), StringComparison.Ordinal);
        Assert.DoesNotContain("SDK", LibfdbLibrary.Missing(_cli.PathOf("")), StringComparison.Ordinal);
        _cli.Write("gcc", "");
        Assert.Null(LibfdbLibrary.Missing(_cli.PathOf("")));
    }

    [Fact]
    public void The_sources_are_found_from_below()
    {
        var root = Directory.CreateDirectory(_cli.PathOf("clone/src/FerrisDB.Native"));
        File.WriteAllText(Path.Combine(root.FullName, "FerrisDB.Native.csproj"), "");
        var below = Directory.CreateDirectory(_cli.PathOf("clone/docs/deep"));

        Assert.Equal(_cli.PathOf("clone"), LibfdbLibrary.SourceRoot(below));
        Assert.Null(LibfdbLibrary.SourceRoot(new DirectoryInfo(_cli.PathOf("elsewhere"))));
    }
}
