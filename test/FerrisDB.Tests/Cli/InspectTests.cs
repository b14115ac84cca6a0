using System.Text.Json;
using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class InspectTests : IDisposable
{
    private readonly CliFixture _cli = new();

    // While the shell is open, it keeps what a transaction of the last seconds may read: the one-shot compact does not.
    public InspectTests()
    {
        _cli.Answer("shell", _cli.Database, "--exec", "set a 1; set b 2; set c 3; compact; set a 4");
        _cli.Answer("compact", _cli.Database);
        _cli.Answer("shell", _cli.Database, "--exec", "del b; set d 5");
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Every_file_of_a_database_is_explained_under_any_name()
    {
        foreach (var (pattern, kind, told) in new[]
        {
            ("*.sst", "Table", "[data]"), ("*.wal", "Wal", "put d = 5"),
            ("MANIFEST-*", "Manifest", "durable up to version"),
        })
        {
            var file = Directory.EnumerateFiles(_cli.Database, pattern).Order().Last();
            var copy = _cli.PathOf("copy");
            File.Copy(file, copy, overwrite: true);

            Assert.Contains(told, _cli.Answer("inspect", file), StringComparison.Ordinal);
            Assert.Contains(told, _cli.Answer("inspect", copy), StringComparison.Ordinal);
            Assert.Contains("checksum", _cli.Answer("inspect", file, "--hex"), StringComparison.Ordinal);
            Assert.Equal(kind, _cli.AnswerInJson("inspect", copy).GetProperty("kind").GetString());
        }
    }

    [Fact]
    public void Entries_of_a_table_are_listed_if_all_is_wanted()
    {
        var table = Directory.EnumerateFiles(_cli.Database, "*.sst").Single();

        Assert.DoesNotContain("c @4 = 3", _cli.Answer("inspect", table), StringComparison.Ordinal);
        Assert.Contains("c @4 = 3", _cli.Answer("inspect", table, "--all"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_others_is_refused_and_a_damaged_one_is_exit_code_three()
    {
        Assert.Equal(ExitCode.Usage, _cli.Run("inspect", _cli.Write("letter.txt", "Dear reader")).Code);
        Assert.Equal(ExitCode.Usage, _cli.Run("inspect", _cli.Write("empty", "")).Code);
        var table = Directory.EnumerateFiles(_cli.Database, "*.sst").Single();
        var bytes = File.ReadAllBytes(table);
        bytes[^20] ^= 1;

        var result = _cli.Run("inspect", _cli.Write("damaged", bytes));

        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains("[FileCorrupt 1522]", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_file_of_any_length_never_crashes_the_inspection()
    {
        foreach (var file in Directory.EnumerateFiles(_cli.Database, "*0*"))
        {
            var bytes = File.ReadAllBytes(file);
            for (var length = 0; length < Math.Min(bytes.Length, 700); length += 29)
            {
                var cut = _cli.Write(Path.GetFileName(file), bytes[..length]);
                Assert.InRange(_cli.Run("inspect", cut).Code, ExitCode.Ok, ExitCode.Database);
                Assert.InRange(_cli.Run("inspect", cut, "--hex").Code, ExitCode.Ok, ExitCode.Database);
            }
        }
    }

    [Fact]
    public void Levels_name_every_table_with_its_span()
    {
        var text = _cli.Answer("inspect", _cli.Database, "levels");
        var tree = _cli.AnswerInJson("inspect", _cli.Database, "levels");

        var table = tree.GetProperty("levels")[6].GetProperty("tables")[0];
        Assert.Equal("a", table.GetProperty("beginKey").GetString());
        Assert.Contains(table.GetProperty("file").GetString()!, text, StringComparison.Ordinal);
        Assert.Contains(@"a … c\x00", text, StringComparison.Ordinal);
        Assert.Equal(2, tree.GetProperty("memTables")[0].GetProperty("entries").GetInt64());
    }

    [Fact]
    public void A_level_of_very_many_tables_is_one_box_with_their_number()
    {
        var tables = Enumerable.Range(1, 100).Select(i =>
            new TableJson($"{i:000000}.sst", 1 << 20, 1000, 0, 0, 0, $"{i:000}", $"{i + 1:000}", 1, 2)).ToList();
        var levels = Enumerable.Range(0, 7).Select(level => new LevelJson(level, 0, 0, 0, 0, [])).ToArray();
        levels[2] = new LevelJson(2, 100 << 20, 100_000, 0, 0, tables);
        levels[1] = new LevelJson(1, 2 << 20, 2000, 0, 0, tables.Take(2).ToList());
        using var writer = new StringWriter { NewLine = "\n" };

        new TreeDrawing(new TreeJson("db", 2, 2, [], levels, []), writer).Write(isComplete: false);

        Assert.Contains("=100 tables=", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("[1][2] ", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("and 84 more tables: --all lists them.", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void MemTables_are_shown_as_they_are_after_opening()
    {
        var text = _cli.Answer("inspect", _cli.Database, "memtable");

        Assert.Contains("b @6 tombstone", text, StringComparison.Ordinal);
        Assert.Contains("d @7 1 bytes", text, StringComparison.Ordinal);
        Assert.Equal(2, _cli.AnswerInJson("inspect", _cli.Database, "memtable")[0].GetProperty("entries").GetInt64());
    }

    [Fact]
    public void A_key_under_range_tombstones_and_older_versions_is_explained()
    {
        _cli.Answer("shell", _cli.Database, "--exec", "del-range a c");

        var history = _cli.AnswerInJson("inspect", _cli.Database, "key", "c");
        Assert.True(history.GetProperty("found").GetBoolean());
        Assert.Equal(1, history.GetProperty("blocksRead").GetInt32());

        var result = _cli.Run("inspect", _cli.Database, "key", "b", "--json");
        Assert.Equal(ExitCode.NotFound, result.Code);
        var kinds = JsonDocument.Parse(result.Out).RootElement.GetProperty("places").EnumerateArray()
            .Select(place => place.GetProperty("kind").GetString());
        Assert.Equal(["range tombstone", "tombstone", "value"], kinds);
    }

    [Fact]
    public void Stats_agree_with_what_was_written()
    {
        var stats = _cli.AnswerInJson("stats", _cli.Database);

        Assert.Equal(3, stats.GetProperty("levels")[6].GetProperty("entries").GetInt64());
        Assert.Equal(2, stats.GetProperty("activeMemTable").GetProperty("entries").GetInt64());
        Assert.Contains("all tables", _cli.Answer("stats", _cli.Database), StringComparison.Ordinal);
        Assert.Contains(
            "compactions        1,", _cli.Answer("shell", _cli.Database, "--exec", "compact; stats"),
            StringComparison.Ordinal);
    }
}
