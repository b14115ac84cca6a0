using System.Net;
using System.Text;
using FerrisDB.Server;

namespace FerrisDB.Tests.Hosting;

/// <summary>What a server is told: by flags, by the environment, in a file; one order for all of it.</summary>
public sealed class ServerConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-config-");
    private readonly Dictionary<string, string> _flags = [];
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_a_word_the_defaults_hold()
    {
        var configuration = Load();

        Assert.Equal("ferrisdb", configuration.Get(ServerSettings.Data));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 4500), configuration.ToServerOptions().Listen);
        Assert.All(configuration.Effective(), each => Assert.Equal("default", each.Place));
    }

    [Fact]
    public void A_flag_is_stronger_than_a_variable_and_a_variable_than_the_file()
    {
        var file = Write("""{ "data": "file", "listen": "127.0.0.1:1", "idle-timeout": "1m" }""");
        _environment["FERRISDB_DATA"] = "variable";
        _environment["FERRISDB_LISTEN"] = "127.0.0.1:2";
        _flags["listen"] = "127.0.0.1:3";

        var configuration = Load(file);

        Assert.Equal("variable", configuration.Get(ServerSettings.Data));
        Assert.Equal(3, configuration.Get(ServerSettings.Listen).Port);
        Assert.Equal(TimeSpan.FromMinutes(1), configuration.Get(ServerSettings.IdleTimeout));
        Assert.Equal(
            ("--listen", "FERRISDB_DATA", $"{file}, line 1, \"idle-timeout\""),
            (PlaceOf(configuration, "listen"), PlaceOf(configuration, "data"),
                PlaceOf(configuration, "idle-timeout")));
    }

    [Fact]
    public void A_variable_names_the_file_and_a_flag_another_one()
    {
        _environment["FERRISDB_CONFIG"] = Write("""{ "data": "one" }""");

        Assert.Equal("one", Load().Get(ServerSettings.Data));
        Assert.Equal("two", Load(Write("""{ "data": "two" }""", "other.json")).Get(ServerSettings.Data));
    }

    [Fact]
    public void A_file_may_have_comments_numbers_and_a_last_comma()
    {
        var configuration = Load(Write("""
            {
                // How many.
                "connections-max": 12,
                "insecure": true,
            }
            """));

        var options = configuration.ToServerOptions();
        Assert.Equal((12, true), (options.ConnectionsMax, options.IsInsecureAllowed));
    }

    [Theory]
    [InlineData("""{ "listen": "somewhere" }""", "line 1", "\"listen\"", "'somewhere'", "127.0.0.1:4500")]
    [InlineData("""{ "listen": "127.0.0.1" }""", "line 1", "\"listen\"", "'127.0.0.1'", "an address and a port")]
    [InlineData("{\n\"idle-timeout\": 10 }", "line 2", "\"idle-timeout\"", "'10'", "from 10ms to 1h")]
    [InlineData("""{ "connections-max": 0 }""", "line 1", "\"connections-max\"", "'0'", "from 1 to 1000000")]
    [InlineData("""{ "memory-budget": "1KiB" }""", "line 1", "\"memory-budget\"", "'1KiB'", "at least 16MiB")]
    [InlineData("""{ "insecure": "perhaps" }""", "line 1", "\"insecure\"", "'perhaps'", "true or false")]
    [InlineData("{\n\n\"listn\": 1 }", "line 3", "\"listn\"", "There are: data, listen", "cluster-file")]
    [InlineData("""{ "data": null }""", "line 1", "\"data\"", "neither a text", "true or false")]
    [InlineData("{ \"data\": \"a\",\n\"data\": \"b\" }", "line 2", "\"data\"", "a second time", "")]
    [InlineData("""[1]""", "line 1", "not one JSON object", "listen", "")]
    [InlineData("{\n\"data\": oops }", "line 2", "not JSON", "", "")]
    public void An_error_names_file_line_and_key_and_says_what_is_allowed(string json, params string[] parts)
    {
        var file = Write(json);

        var error = Assert.Throws<SettingException>(() => Load(file));

        Assert.All([file, .. parts], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_error_names_the_variable_or_the_flag_even_if_it_is_overruled()
    {
        _environment["FERRISDB_LISTEN"] = "nowhere";
        _flags["listen"] = "127.0.0.1:3";
        Assert.StartsWith("FERRISDB_LISTEN: 'nowhere'", Error(), StringComparison.Ordinal);

        _environment.Clear();
        _flags["listen"] = "here";
        Assert.StartsWith("--listen: 'here'", Error(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Throws<SettingException>(() => Load("nowhere.json"));

        Assert.Contains("nowhere.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_printed_can_be_said_again()
    {
        var file = Write("""
            { "listen": "localhost:0", "stop-timeout": "1500ms", "idle-timeout": "120s", "memory-budget": "1024MiB" }
            """);
        var printed = Load(file).Effective().ToDictionary(each => each.Setting.Name, each => each.Value);

        Assert.Equal(
            ("127.0.0.1:0", "1500ms", "2m", "1GiB"),
            (printed["listen"], printed["stop-timeout"], printed["idle-timeout"], printed["memory-budget"]));
        foreach (var setting in ServerSettings.All.Where(setting => printed[setting.Name] != setting.DefaultText))
            Assert.Equal(printed[setting.Name], setting.Normalize(printed[setting.Name]));
    }

    private ServerConfiguration Load(string? file = null) => ServerConfiguration.Load(
        new FlagSettings(setting => _flags.GetValueOrDefault(setting.Name)), file, _environment.GetValueOrDefault);

    private string Error() => Assert.Throws<SettingException>(() => Load()).Message;

    private string Write(string json, string name = "ferrisdb.json")
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(json));
        return path;
    }

    private static string PlaceOf(ServerConfiguration configuration, string name) =>
        configuration.Effective().Single(each => each.Setting.Name == name).Place;
}
