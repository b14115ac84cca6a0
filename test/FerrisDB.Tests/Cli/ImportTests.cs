using System.Text;
using FerrisDB.Cli;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cli;

public sealed class ImportTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_json_record_becomes_its_key_and_the_compact_rest_as_it_was_written()
    {
        var file = _cli.Write("in.jsonl", """
            { "name" : "Ann \" \u00e9 \\" , "id" : 42, "tags": [ 1.50, true , null, { "a b" : " c " } ] }
            {"id":"43"}
            """);

        _cli.Answer("import", _cli.Database, file, "--key", "id");

        Assert.Equal(
            """{"name":"Ann \" \u00e9 \\","tags":[1.50,true,null,{"a b":" c "}]}""",
            _cli.Answer("get", _cli.Database, "42"));
        Assert.Equal("{}", _cli.Answer("get", _cli.Database, "43"));
    }

    [Fact]
    public void Several_key_fields_are_joined_and_the_whole_record_can_be_kept()
    {
        var file = _cli.Write("in.jsonl", """{"city":"Köln","land":"de","n":1}""");

        _cli.Answer("import", _cli.Database, file, "--key", "land", "city");
        Assert.Equal("de/Köln\t{\"n\":1}", _cli.Answer("range", _cli.Database));

        _cli.Answer("import", _cli.Database, file, "--whole", "--key", "land", "--key", "city");
        Assert.Equal("de/Köln\t{\"city\":\"Köln\",\"land\":\"de\",\"n\":1}", _cli.Answer("range", _cli.Database));
    }

    [Theory]
    [InlineData("""{"id":1,"v":"text \n\u0041"}""", "text \nA")]
    [InlineData("""{"id":1,"v":-1.50}""", "-1.50")]
    [InlineData("""{"id":1,"v":[1, {"a": 2}]}""", """[1,{"a":2}]""")]
    [InlineData("""{"v":"first","id":1,"v":"last"}""", "last")]
    [InlineData("""{"id":1,"v":""}""", "")]
    public void One_field_alone_can_be_the_value(string record, string value)
    {
        _cli.Answer("import", _cli.Database, _cli.Write("in.jsonl", record), "--key", "id", "--value", "v");

        Assert.Equal(value, _cli.Answer("get", _cli.Database, "1"));
    }

    [Fact]
    public void A_csv_record_becomes_json_of_its_fields_as_text()
    {
        var file = _cli.Write("in.csv", "\uFEFFid,name,note\r\n1,\"Ann \"\"A\"\"\",\"two\r\nlines\"\r\n\r\n2,Bo,\r\n");

        _cli.Answer("import", _cli.Database, file, "--key", "id");

        Assert.Equal("""{"name":"Ann \"A\"","note":"two\r\nlines"}""", _cli.Answer("get", _cli.Database, "1"));
        Assert.Equal("""{"name":"Bo","note":""}""", _cli.Answer("get", _cli.Database, "2"));
    }

    [Fact]
    public void A_tsv_may_have_quotes_anywhere()
    {
        var file = _cli.Write("in.tsv", "id\tname\n1\t5\" disk\n2\t\"quoted\ttab\"\n");
        _cli.Answer("import", _cli.Database, file, "--key", "id", "--value", "name");
        Assert.Equal("5\" disk", _cli.Answer("get", _cli.Database, "1"));
        Assert.Equal("quoted\ttab", _cli.Answer("get", _cli.Database, "2"));

        var plain = _cli.Write("plain.tsv", "id\tname\n3\t\"open\n4\tname\n");
        _cli.Answer("import", _cli.Database, plain, "--key", "id", "--value", "name", "--no-quotes");
        Assert.Equal("\"open", _cli.Answer("get", _cli.Database, "3"));
    }

    [Fact]
    public void Of_duplicate_keys_the_last_wins_and_the_number_is_reported()
    {
        var lines = Enumerable.Range(0, 5000).Select(i => $$"""{"id":{{i % 4000}},"n":{{i}}}""");
        var file = _cli.Write("in.jsonl", string.Join('\n', lines));

        var result = _cli.AnswerInJson("import", _cli.Database, file, "--key", "id", "--batch", "300");

        Assert.Equal(5000, result.GetProperty("records").GetInt64());
        Assert.Equal(1000, result.GetProperty("duplicates").GetInt64());
        Assert.True(result.GetProperty("duplicatesAreExact").GetBoolean());
        Assert.Equal("4000", _cli.Answer("count", _cli.Database));
        Assert.Equal("""{"n":4000}""", _cli.Answer("get", _cli.Database, "0"));
        Assert.Equal("""{"n":3999}""", _cli.Answer("get", _cli.Database, "3999"));
        var answer = _cli.Answer("import", _cli.Database, file, "--key", "id");
        Assert.Contains("duplicate keys: 1,000 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl", "{\"id\":1}\n\n{\"id\":2", "line 3: it is not JSON, column 8.")]
    [InlineData("jsonl", "{\"id\":1}\n[1]", "line 2: it is not a JSON object.")]
    [InlineData("jsonl", "{\"id\":1}\n{\"id\":2} x", "line 2: it is not JSON, column 10.")]
    [InlineData("jsonl", "{\"id\":1}\n{\"no\":2}", "line 2: field 'id' is missing or null.")]
    [InlineData("jsonl", "{\"id\":1}\n{\"id\":null}", "line 2: field 'id' is missing or null.")]
    [InlineData("jsonl", "{\"id\":1}\n{\"id\":[2]}", "line 2: field 'id' is no text or number and cannot be a key.")]
    [InlineData("csv", "id,a\n1,2\n3\n", "line 3: it has 1 field, the header 2.")]
    [InlineData("csv", "id,a\n1,2\n\"x\ny\",2,3\n", "line 3: it has 3 fields, the header 2.")]
    [InlineData("csv", "id,a\n1,2\n3,a\"b\n", "line 3: a quote stands in the middle of a field.")]
    [InlineData("csv", "id,a\n1,2\n3,\"a\"b\n", "line 3: there is text behind a closing quote.")]
    [InlineData("csv", "id,a\n1,2\n3,\"ab\n4,5\n", "line 3: a quote is not closed up to the end of the input.")]
    public void A_wrong_record_ends_the_import_with_its_line_and_keeps_what_was_before(
        string format, string text, string error)
    {
        var file = _cli.Write("in", text);

        var result = _cli.Run("import", _cli.Database, file, "--format", format, "--key", "id");

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith(
            "error: " + error + " The 1 record before it is imported;", result.Error, StringComparison.Ordinal);
        Assert.Equal("1", _cli.Answer("count", _cli.Database));
    }

    [Fact]
    public void Wrong_records_can_be_left_out()
    {
        byte[] text = [.. "{\"id\":1}\nnonsense\n{\"id\":2,\"v\":\""u8, 0xFF, .. "\"}\n{\"id\":3}\n"u8];
        var tooLong = Encoding.UTF8.GetBytes($$"""{"id":4,"v":"{{new string('x', 100_001)}}"}""");

        var result = _cli.Run(
            "import", _cli.Database, _cli.Write("in.jsonl", [.. text, .. tooLong]), "--key", "id", "--skip-bad");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal(
            """
            line 2: it is not JSON, column 2.
            line 3: it is not UTF-8.
            line 5: its value has 100009 bytes, the limit is 100000.

            """,
            result.Error);
        Assert.Contains("wrong records left out: 3", result.Out, StringComparison.Ordinal);
        Assert.Equal("2", _cli.Answer("count", _cli.Database));
    }

    [Fact]
    public void A_field_that_the_header_lacks_is_named()
    {
        var result = _cli.Run("import", _cli.Database, _cli.Write("in.csv", "a,b,b\n1,2,3\n"), "--key", "c");
        Assert.Equal("error: The header has no field 'c'; it has a, b, b.\n", result.Error);

        result = _cli.Run("import", _cli.Database, _cli.Write("in.csv", "a,b,b\n1,2,3\n"), "--key", "b");
        Assert.Equal("error: The header has the field 'b' more than once.\n", result.Error);

        result = _cli.Run("import", _cli.Database, _cli.Write("in.csv", ""), "--key", "b");
        Assert.Equal("error: The input is empty: a header is missing.\n", result.Error);
    }

    [Fact]
    public void Sorted_records_become_tables_that_are_visible_together()
    {
        _cli.Answer("set", _cli.Database, "b", "old");
        var file = _cli.Write("in.jsonl", """
            {"key":"a","value":"1"}
            {"key":"b","value":"2"}
            {"key":"c","value":"3"}
            """);

        var report = _cli.AnswerInJson("import", _cli.Database, file, "--sorted");

        Assert.Equal(3, report.GetProperty("records").GetInt64());
        Assert.Equal("a\t1\nb\t2\nc\t3", _cli.Answer("range", _cli.Database));
        Assert.True(_cli.AnswerInJson("verify", _cli.Database).GetProperty("isSound").GetBoolean());
        Assert.False(Directory.Exists(_cli.Database + ".import"));
    }

    [Fact]
    public void Records_that_are_not_sorted_are_refused_with_their_line_and_nothing_is_imported()
    {
        var file = _cli.Write("in.jsonl", """
            {"key":"a","value":"1"}
            {"key":"c","value":"2"}
            {"key":"b","value":"3"}
            """);

        var refused = _cli.Run("import", _cli.Database, file, "--sorted");

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("line 3: its key is not behind the one before", refused.Error, StringComparison.Ordinal);
        Assert.Equal("0", _cli.Answer("count", _cli.Database));
        Assert.False(Directory.Exists(_cli.Database + ".import"));
        _cli.Answer("import", _cli.Database, file, "--sorted", "--skip-bad");
        Assert.Equal("a\t1\nc\t2", _cli.Answer("range", _cli.Database));
    }

    [Fact]
    public void Records_can_come_from_standard_input()
    {
        var result = _cli.RunWith(
            "id,v\n1,a\n2,b\n", "import", _cli.Database, "-", "--format", "csv", "--key", "id", "--value", "v");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal("1\ta\n2\tb", _cli.Answer("range", _cli.Database));
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_read_whole()
    {
        var lines = Enumerable.Range(0, 20).Select(i =>
            $$"""{"id":{{i}},"v":"{{new string('x', i * 5000)}}"}""" + new string(' ', i * 40_000));
        var file = _cli.Write("in.jsonl", string.Join("\r\n", lines));

        _cli.Answer("import", _cli.Database, file, "--key", "id", "--value", "v");

        Assert.Equal(95_000, _cli.Answer("get", _cli.Database, "19").Length);
        Assert.Equal("20", _cli.Answer("count", _cli.Database));
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public void What_was_exported_is_imported_to_the_same_bytes(string format)
    {
        var random = new Random(17);
        var awkward = "\\x41\"\n\r\t, é="u8.ToArray();
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < 500; i++)
        {
            var key = new byte[random.Next(1, 9)];
            foreach (ref var each in key.AsSpan())
                each = random.Next(3) == 0 ? (byte)random.Next(256) : awkward[random.Next(awkward.Length)];
            entries[Convert.ToHexString(key)] = [.. key.Reverse()];
        }
        using (var engine = StorageEngine.Open(_cli.Database))
        {
            foreach (var (key, value) in entries)
                engine.Put(Convert.FromHexString(key), value);
        }
        var file = _cli.PathOf("export." + format);

        var exported = _cli.AnswerInJson("export", _cli.Database, file);
        var imported = _cli.AnswerInJson("import", _cli.PathOf("copy"), file);

        Assert.Equal(entries.Count, exported.GetProperty("records").GetInt32());
        Assert.Equal(entries.Count, imported.GetProperty("records").GetInt32());
        Assert.Equal(0, imported.GetProperty("duplicates").GetInt32());
        Assert.Equal(_cli.Answer("range", _cli.Database), _cli.Answer("range", _cli.PathOf("copy")));
    }

    [Fact]
    public void An_export_of_text_can_be_imported_by_naming_its_fields()
    {
        _cli.Answer("set", _cli.Database, "a,b", "line\nand \"quote\"");
        _cli.Answer("set", _cli.Database, @"\xfe", @"\x00");

        foreach (var format in new[] { "jsonl", "csv" })
        {
            var export = _cli.Run("export", _cli.Database, "-", "--format", format, "--prefix", "a");
            var copy = _cli.PathOf("copy." + format);
            var result =
                _cli.RunWith(export.Out, "import", copy, "-", "--format", format, "--key", "key", "--value", "value");
            Assert.Equal(ExitCode.Ok, result.Code);
            Assert.Equal("line\nand \"quote\"", _cli.Answer("get", copy, "a,b"));
        }
    }

    [Fact]
    public void Keys_beyond_the_memory_of_an_import_make_the_number_of_duplicates_inexact()
    {
        var seen = new SeenKeys(limit: 1000);
        for (var i = 0; i < 1000; i++)
            Assert.True(seen.Add(Encoding.UTF8.GetBytes($"key {i}")));
        Assert.False(seen.Add("key 999"u8));
        Assert.True(seen.IsExact);

        Assert.True(seen.Add("one more"u8));
        Assert.True(seen.Add("one more"u8));

        Assert.False(seen.Add("key 1"u8));
        Assert.False(seen.IsExact);
    }

    [Fact]
    public void Progress_is_a_line_for_each_tenth_or_five_seconds_and_none_for_what_is_quick()
    {
        using var error = new StringWriter { NewLine = "\n" };
        using var console = new CliConsole(Stream.Null, Stream.Null, error) { Time = _cli.Time };
        ProgressMeter.Run(console, "import", totalBytes: 1000, meter =>
        {
            meter.Report(100, 1);
            _cli.Time.Advance(TimeSpan.FromSeconds(2));
            meter.Report(200, 2000);
            meter.Report(210, 2100);
            _cli.Time.Advance(TimeSpan.FromSeconds(4));
            meter.Report(290, 2900);
            _cli.Time.Advance(TimeSpan.FromSeconds(1));
            meter.Report(295, 2950);
            return 0;
        });

        Assert.Equal(
            """
            import: 20 %, 2,000 records, 1,000 records/s, 8 s left
            import: 29 %, 2,950 records, 421 records/s, 17 s left

            """,
            error.ToString());
    }
}
