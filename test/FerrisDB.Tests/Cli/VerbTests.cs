using System.Text;
using System.Text.Json;
using FerrisDB.Cli;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cli;

public sealed class VerbTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void What_was_set_can_be_got_by_another_run()
    {
        Assert.Equal("ok", _cli.Answer("set", _cli.Database, "name", "Ada"));

        Assert.Equal("Ada\n", _cli.Run("get", _cli.Database, "name").Out);
    }

    [Fact]
    public void A_missing_key_is_exit_code_one_and_says_so_beside_the_answer()
    {
        _cli.Answer("set", _cli.Database, "name", "Ada");

        var result = _cli.Run("get", _cli.Database, "nobody");

        Assert.Equal((ExitCode.NotFound, "", "not found: nobody\n"), (result.Code, result.Out, result.Error));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("get DB")]
    [InlineData("set DB a b c")]
    [InlineData("frobnicate DB")]
    [InlineData("range DB --limit many")]
    [InlineData("range DB --limit -1")]
    [InlineData("set DB a b --durability paper")]
    [InlineData("range DB a b --prefix c")]
    [InlineData("range DB --reversed")]
    [InlineData("export DB - --limit 2")]
    [InlineData("get DB -key")]
    [InlineData("set DB a --value")]
    [InlineData("backup")]
    [InlineData("token frob")]
    [InlineData("import DB nothing.jsonl --key id")]
    [InlineData("import DB nothing.dat --key id")]
    [InlineData("")]
    public void A_wrong_command_line_is_exit_code_two_and_says_why_in_one_sentence(string line)
    {
        _cli.Answer("set", _cli.Database, "a", "b");
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word == "DB" ? _cli.Database : word);

        var result = _cli.Run([.. arguments]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Equal("", result.Out);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_does_not_exist_is_exit_code_three_and_is_not_created_by_reading()
    {
        foreach (var verb in new[] { "get k", "range", "count", "del k", "del-range a b", "export - --format csv" })
        {
            var words = verb.Split(' ');
            var result = _cli.Run([words[0], _cli.Database, .. words[1..]]);
            Assert.Equal(ExitCode.Database, result.Code);
            Assert.Contains("[FileNotFound 1511]", result.Error, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(_cli.Database));
    }

    [Fact]
    public void A_key_over_the_limit_is_refused_with_the_name_and_number_of_the_error()
    {
        var result = _cli.Run("set", _cli.Database, new string('k', 10_001), "v");

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains("[KeyTooLarge 2102]", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_prints_lines_of_key_tab_value_in_order()
    {
        Fill("b", "a", "d", "c");

        Assert.Equal("a\t1\nb\t0\nc\t3\nd\t2\n", _cli.Run("range", _cli.Database).Out);
        Assert.Equal("b\t0\nc\t3\n", _cli.Run("range", _cli.Database, "b", "d").Out);
        Assert.Equal("c\t3\nd\t2\n", _cli.Run("range", _cli.Database, "c").Out);
        Assert.Equal("d\t2\nc\t3\n", _cli.Run("range", _cli.Database, "--reverse", "--limit", "2").Out);
        Assert.Equal("a\nb\n", _cli.Run("range", _cli.Database, "", "c", "--keys-only").Out);
        Assert.Equal("", _cli.Run("range", _cli.Database, "x").Out);
    }

    [Fact]
    public void A_prefix_chooses_the_keys_that_begin_so()
    {
        Fill("user/1", "user/2", "user0");
        using (var engine = StorageEngine.Open(_cli.Database))
        {
            engine.Put([0xFF, 0xFF], "a system key"u8);
            engine.Put([0xFF, 0xFF, 0], "another one"u8);
        }

        Assert.Equal("user/1\nuser/2\n", _cli.Run("range", _cli.Database, "--prefix", "user/", "--keys-only").Out);
        Assert.Equal("2", _cli.Answer("count", _cli.Database, "--prefix", @"\xff\xff"));
    }

    [Fact]
    public void A_count_is_the_number_of_keys_in_the_range()
    {
        Fill("a", "b", "c");

        Assert.Equal("3", _cli.Answer("count", _cli.Database));
        Assert.Equal("2", _cli.Answer("count", _cli.Database, "b"));
        Assert.Equal("1", _cli.Answer("count", _cli.Database, "b", "c"));
    }

    [Fact]
    public void Deleting_takes_a_key_or_a_range()
    {
        Fill("a", "b", "c", "d");

        Assert.Equal("ok", _cli.Answer("del", _cli.Database, "a"));
        Assert.Equal("ok", _cli.Answer("del", _cli.Database, "never there"));
        Assert.Equal("ok", _cli.Answer("del-range", _cli.Database, "b", "d"));

        Assert.Equal("d\t3\n", _cli.Run("range", _cli.Database).Out);
    }

    [Fact]
    public void A_range_that_ends_before_it_begins_is_refused()
    {
        Fill("a");

        Assert.Contains("InvertedRange", _cli.Run("range", _cli.Database, "b", "a").Error, StringComparison.Ordinal);
        Assert.Contains(
            "InvertedRange", _cli.Run("del-range", _cli.Database, "b", "a").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_typed_and_shown_as_escapes()
    {
        _cli.Answer("set", _cli.Database, @"\x00\xff", @"a\x01b");

        Assert.Equal(@"a\x01b", _cli.Answer("get", _cli.Database, @"\x00\xFF"));
        Assert.Equal(@"\x00\xff" + "\t" + @"a\x01b", _cli.Answer("range", _cli.Database));
        Assert.Equal("a\u0001b"u8.ToArray(), _cli.Run("get", _cli.Database, @"\x00\xff", "--raw").OutBytes);
    }

    [Fact]
    public void Values_with_quotes_backslashes_and_lines_are_printed_as_they_are()
    {
        const string Value = """{"say":"\"hi\"\n","path":"C:\\x"}""";
        _cli.Answer("set", _cli.Database, "json", Value);
        _cli.Answer("set", _cli.Database, "lines", "one\ntwo\tthree");

        Assert.Equal(Value, _cli.Answer("get", _cli.Database, "json"));
        Assert.Equal("one\ntwo\tthree", _cli.Answer("get", _cli.Database, "lines"));
        Assert.Equal($"json\t{Value}\nlines\t" + @"one\x0atwo\x09three", _cli.Answer("range", _cli.Database));
    }

    [Fact]
    public void Keys_and_values_may_look_like_options()
    {
        _cli.Answer("set", _cli.Database, "@file", "-5");
        _cli.Answer("set", _cli.Database, "--", "-h", "--json");

        Assert.Equal("-5", _cli.Answer("get", _cli.Database, "@file"));
        Assert.Equal("--json", _cli.Answer("get", _cli.Database, "--", "-h"));
    }

    [Fact]
    public void Json_is_one_document_for_an_answer_nothing_found_and_an_error()
    {
        Fill("a", @"\xfe");

        var entries = _cli.AnswerInJson("range", _cli.Database);
        Assert.Equal("a", entries.GetProperty("entries")[0].GetProperty("key").GetString());
        Assert.Equal(@"\xfe", entries.GetProperty("entries")[1].GetProperty("key").GetString());
        Assert.Equal([0xFE], entries.GetProperty("entries")[1].GetProperty("keyBase64").GetBytesFromBase64());
        Assert.False(entries.GetProperty("more").GetBoolean());
        Assert.True(_cli.AnswerInJson("range", _cli.Database, "--limit", "1").GetProperty("more").GetBoolean());
        Assert.Equal(2, _cli.AnswerInJson("count", _cli.Database).GetProperty("count").GetInt64());
        Assert.True(_cli.AnswerInJson("set", _cli.Database, "b", "1").GetProperty("version").GetInt64() > 0);
        Assert.Equal("0", _cli.AnswerInJson("get", _cli.Database, "a").GetProperty("value").GetString());

        var missing = _cli.Run("get", _cli.Database, "zz", "--json");
        Assert.Equal(ExitCode.NotFound, missing.Code);
        Assert.False(JsonDocument.Parse(missing.Out).RootElement.GetProperty("found").GetBoolean());

        var refused = _cli.Run("range", _cli.Database, "b", "a", "--json");
        Assert.Equal(ExitCode.Database, refused.Code);
        Assert.Equal(
            2005, JsonDocument.Parse(refused.Out).RootElement.GetProperty("error").GetProperty("code").GetInt32());

        var misused = _cli.Run("range", _cli.Database, "--limit", "x", "--json");
        Assert.Equal(
            "Usage", JsonDocument.Parse(misused.Out).RootElement.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public void Every_command_has_help_with_examples()
    {
        var commands = CommandTree.Build(new CliConsole(Stream.Null, Stream.Null, TextWriter.Null)).Subcommands;

        foreach (var command in commands)
        {
            var help = _cli.Answer(command.Name, "--help");
            Assert.Contains("Usage:", help, StringComparison.Ordinal);
            Assert.Contains($"Examples:\n  ferrisdb {command.Name}", help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_is_a_command_too()
    {
        Assert.Equal(_cli.Answer("--help"), _cli.Answer("help"));
        Assert.Equal(_cli.Answer("backup", "list", "--help"), _cli.Answer("help", "backup", "list"));
        Assert.Equal("error: There is no command 'sett'. Did you mean get or set?\n", _cli.Run("help", "sett").Error);
    }

    [Fact]
    public void An_option_that_does_not_exist_is_no_bound_of_what_is_removed()
    {
        Fill("a", "b", "user/1");

        var wrong = _cli.Run("del-range", _cli.Database, "--prefix", "user/");

        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Equal(
            "error: There is no option '--prefix'. What begins with a dash and is none goes behind --. "
            + "See `del-range --help`.\n",
            wrong.Error);
        Assert.Equal("3", _cli.Answer("count", _cli.Database));
        Assert.Equal(
            "error: There is no option '--keys-onyl'. Did you mean --keys-only?\n",
            _cli.Run("range", _cli.Database, "--keys-onyl").Error);
    }

    [Fact]
    public void Keys_and_values_with_a_dash_in_front_go_behind_two_and_numbers_need_none()
    {
        _cli.Answer("set", _cli.Database, "--", "--key", "-value");
        _cli.Answer("atomic", _cli.Database, "add", "sum", "-5");

        Assert.Equal("-value", _cli.Answer("get", _cli.Database, "--", "--key"));
        Assert.Equal("-5", _cli.Answer("get", _cli.Database, "sum", "--number"));
    }

    [Fact]
    public void What_is_missing_behind_a_command_with_parts_is_named_with_its_whole_path()
    {
        Assert.Equal(
            "error: What is to be done? There are create, list, revoke. See `token --help`.\n",
            _cli.Run("token").Error);
        Assert.EndsWith(
            "See `backup prune --help`.\n", _cli.Run("backup", "prune", "x").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_cannot_be_is_told_apart_from_a_server_that_failed()
    {
        var open = _cli.Run("serve", "--data", _cli.Database, "--listen", "0.0.0.0:0");
        Assert.Equal(ExitCode.Usage, open.Code);
        Assert.Contains("say --insecure", open.Error, StringComparison.Ordinal);

        var missing = _cli.Run(
            "serve", "--data", _cli.Database, "--listen", "127.0.0.1:0", "--tls-cert", _cli.PathOf("none.pem"));
        Assert.Equal(ExitCode.Usage, missing.Code);
        Assert.Contains("none.pem cannot be read", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get", "", "a")]
    [InlineData("set", "", "a", "1")]
    [InlineData("checkpoint", "DB", "")]
    [InlineData("backup", "create", "DB", "")]
    [InlineData("restore", "", "copy")]
    [InlineData("tls", "create", "--to", "")]
    public void An_empty_path_is_a_wrong_command_line(params string[] words)
    {
        _cli.Answer("set", _cli.Database, "a", "b");

        var result = _cli.Run([.. words.Select(word => word == "DB" ? _cli.Database : word)]);

        Assert.Equal(
            (ExitCode.Usage, "error: A path cannot be so: The value cannot be an empty string.\n"),
            (result.Code, result.Error));
    }

    // Addresses of 192.0.2.0/24 are for documents: no machine has one.
    [Fact]
    public void An_address_of_another_machine_cannot_be_served_at()
    {
        var result = _cli.Run("serve", "--data", _cli.Database, "--listen", "192.0.2.1:4500", "--insecure");

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains("error: Cannot listen at 192.0.2.1:4500: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_do_not_end_with_names_that_only_the_code_has()
    {
        _cli.Answer("backup", "key", _cli.PathOf("backup.key"));

        var again = _cli.Run("backup", "key", _cli.PathOf("backup.key"));

        Assert.Equal(
            $"error: {_cli.PathOf("backup.key")} exists already, and a key is never overwritten.\n", again.Error);
    }

    [Theory]
    [InlineData("tenant", "list")]
    [InlineData("tenant", "create", "a")]
    [InlineData("configure", "tenant_mode=optional")]
    public async Task Verbs_about_tenants_do_not_wait_until_a_database_is_unlocked(string verb, params string[] words)
    {
        _cli.Answer("set", _cli.Database, "a", "1");
        _cli.Answer("lock", _cli.Database, "00000000000000000000000000000007");

        var result = await Task.Factory.StartNew(
            () => _cli.Run([verb, _cli.Database, .. words]), TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(
                TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains("locked by 00000000000000000000000000000007", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_locked_folder_is_refused_with_the_owner_s_process_id()
    {
        using var owner = StorageEngine.Open(_cli.Database);

        var result = _cli.Run("get", _cli.Database, "a");

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains("[FolderLocked 9001]", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessId}", result.Error, StringComparison.Ordinal);
    }

    // The value is the place in the list.
    private void Fill(params string[] keys)
    {
        var script = new StringBuilder();
        foreach (var (index, key) in keys.Index())
            script.Append($"set {key} {index}\n");
        Assert.Equal(ExitCode.Ok, _cli.RunWith(script.ToString(), "shell", _cli.Database).Code);
    }
}
