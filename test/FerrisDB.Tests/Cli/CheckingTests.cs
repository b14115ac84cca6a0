using System.Text.Json;
using FerrisDB.Cli;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cli;

/// <summary>checkpoint, verify and repair.</summary>
public sealed class CheckingTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public CheckingTests() => _cli.Answer(
        "shell", _cli.Database, "--exec", "set a 1; set b 2; compact; set c 3");

    public void Dispose() => _cli.Dispose();

    private void FlipInTable()
    {
        var table = Directory.EnumerateFiles(_cli.Database, "*.sst").Single();
        var bytes = File.ReadAllBytes(table);
        bytes[3] ^= 1;
        File.WriteAllBytes(table, bytes);
    }

    [Fact]
    public void A_checkpoint_is_a_database_of_its_own()
    {
        var copy = _cli.PathOf("copy");

        Assert.Equal(4, _cli.AnswerInJson("checkpoint", _cli.Database, copy).GetProperty("version").GetInt64());
        _cli.Answer("set", _cli.Database, "a", "changed");

        Assert.Equal("a\t1\nb\t2\nc\t3", _cli.Answer("range", copy));
        Assert.Equal(ExitCode.Usage, _cli.Run("checkpoint", _cli.Database, copy).Code);
    }

    [Fact]
    public void A_checkpoint_in_the_shell_is_taken_while_the_database_goes_on()
    {
        var copy = _cli.PathOf("copy");

        _cli.Answer("shell", _cli.Database, "--exec", $"set d 4; checkpoint {copy}; set e 5");

        Assert.Equal("4", _cli.Answer("count", copy));
        Assert.Equal("5", _cli.Answer("count", _cli.Database));
    }

    [Fact]
    public void A_sound_database_is_verified_as_such()
    {
        var report = _cli.AnswerInJson("verify", _cli.Database);

        Assert.True(report.GetProperty("isSound").GetBoolean());
        Assert.Equal(2, report.GetProperty("tableEntries").GetInt64());
        Assert.Equal(1, report.GetProperty("logRecords").GetInt64());
        Assert.Contains(": sound; ", _cli.Answer("verify", _cli.Database), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_named_with_its_file_and_place_and_is_exit_code_three()
    {
        var table = Directory.EnumerateFiles(_cli.Database, "*.sst").Single();
        var bytes = File.ReadAllBytes(table);
        bytes[3] ^= 1;
        File.WriteAllBytes(table, bytes);

        var result = _cli.Run("verify", _cli.Database);
        Assert.Equal(ExitCode.Database, result.Code);
        Assert.Contains($"DAMAGE: {Path.GetFileName(table)} at 0: ", result.Out, StringComparison.Ordinal);

        var json = JsonDocument.Parse(_cli.Run("verify", _cli.Database, "--json").Out).RootElement;
        Assert.False(json.GetProperty("isSound").GetBoolean());
        Assert.True(json.GetProperty("findings")[0].GetProperty("isDamage").GetBoolean());
    }

    [Fact]
    public void What_reads_the_damage_says_so_and_gives_no_wrong_data()
    {
        var table = Directory.EnumerateFiles(_cli.Database, "*.sst").Single();
        var bytes = File.ReadAllBytes(table);
        bytes[3] ^= 1;
        File.WriteAllBytes(table, bytes);

        var result = _cli.Run("get", _cli.Database, "a");
        Assert.Equal((ExitCode.Database, ""), (result.Code, result.Out));
        Assert.Contains("[FileCorrupt 1522]", result.Error, StringComparison.Ordinal);

        var range = _cli.Run("range", _cli.Database, "--json");
        Assert.Equal(ExitCode.Database, range.Code);
        Assert.Equal(
            1522, JsonDocument.Parse(range.Out).RootElement.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public void A_repair_is_planned_then_applied_and_remembered()
    {
        FlipInTable();

        var plan = _cli.Run("repair", _cli.Database, "--plan");
        Assert.Equal(ExitCode.Database, plan.Code);
        Assert.Contains("LOSS: ", plan.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", plan.Out, StringComparison.Ordinal);

        var json = JsonDocument.Parse(_cli.Run("repair", _cli.Database, "--plan", "--json").Out).RootElement;
        Assert.True(json.GetProperty("isNeeded").GetBoolean());
        Assert.Equal("Entries", json.GetProperty("losses")[0].GetProperty("kind").GetString());
        Assert.Equal("a", json.GetProperty("losses")[0].GetProperty("begin").GetString());

        Assert.Contains("repaired in", _cli.Answer("repair", _cli.Database, "--apply"), StringComparison.Ordinal);
        Assert.Equal("c\t3", _cli.Answer("range", _cli.Database));
        Assert.Contains("mark: ", _cli.Answer("verify", _cli.Database), StringComparison.Ordinal);
        Assert.Contains("mark: ", _cli.Answer("stats", _cli.Database), StringComparison.Ordinal);
        var manifest = Directory.EnumerateFiles(_cli.Database, "MANIFEST-*").Single();
        Assert.Contains("mark: ", _cli.Answer("inspect", manifest), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(_cli.Database, "*.sst.damaged"));
    }

    [Fact]
    public void A_sound_database_needs_no_repair()
    {
        Assert.Contains(
            "nothing to repair", _cli.Answer("repair", _cli.Database, "--plan"), StringComparison.Ordinal);
        Assert.False(_cli.AnswerInJson("repair", _cli.Database, "--plan").GetProperty("isNeeded").GetBoolean());
        var result = _cli.Run("repair", _cli.Database, "--apply");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("there is nothing to repair", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repair_without_plan_or_apply_is_explained()
    {
        var result = _cli.Run("repair", _cli.Database);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("--plan says", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, _cli.Run("repair", _cli.Database, "--plan", "--apply").Code);
    }

    [Fact]
    public void A_database_in_use_is_not_repaired()
    {
        FlipInTable();
        using var owner = StorageEngine.Open(_cli.Database);

        Assert.Contains(
            "[FolderLocked 9001]", _cli.Run("repair", _cli.Database, "--apply").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_in_use_is_not_verified()
    {
        using var owner = StorageEngine.Open(_cli.Database);

        Assert.Contains("[FolderLocked 9001]", _cli.Run("verify", _cli.Database).Error, StringComparison.Ordinal);
    }
}
