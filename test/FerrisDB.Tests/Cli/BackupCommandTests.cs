using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

/// <summary>backup and restore.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly CliFixture _cli = new();

    private string Place => _cli.PathOf("backups");

    public BackupCommandTests() => _cli.Answer(
        "shell", _cli.Database, "--exec", "set a 1; set b 2; compact; set c 3");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_backup_is_made_listed_verified_and_restored()
    {
        var made = _cli.AnswerInJson("backup", "create", _cli.Database, Place).GetProperty("backup");
        Assert.Equal("000001", made.GetProperty("id").GetString());
        Assert.Equal(4, made.GetProperty("lastVersion").GetInt64());
        _cli.Answer("set", _cli.Database, "d", "4");
        Assert.Matches(
            "backup 000002 in .*: 3 files of .*; new of these: 2 files of ",
            _cli.Answer("backup", "create", _cli.Database, Place));

        var list = _cli.Answer("backup", "list", Place).Split('\n');
        Assert.Equal(2, list.Length);
        Assert.EndsWith("3 files, versions 3 to 5", list[1], StringComparison.Ordinal);
        Assert.Contains(": sound; 2 backups, ", _cli.Answer("backup", "verify", Place), StringComparison.Ordinal);

        _cli.Answer("restore", Place, _cli.PathOf("all"));
        Assert.Equal("a\t1\nb\t2\nc\t3\nd\t4", _cli.Answer("range", _cli.PathOf("all")));
        var restored = _cli.AnswerInJson("restore", Place, _cli.PathOf("old"), "--version", "3");
        Assert.Equal(3, restored.GetProperty("version").GetInt64());
        Assert.Equal("a\t1\nb\t2", _cli.Answer("range", _cli.PathOf("old")));
        Assert.True(_cli.AnswerInJson("verify", _cli.PathOf("old")).GetProperty("isSound").GetBoolean());
    }

    [Fact]
    public void A_time_takes_the_last_backup_before()
    {
        _cli.Answer("backup", "create", _cli.Database, Place);
        _cli.Answer("restore", Place, _cli.PathOf("late"), "--time", "2999-01-02T03:04:05Z");
        Assert.Equal("a\t1\nb\t2\nc\t3", _cli.Answer("range", _cli.PathOf("late")));

        var early = _cli.Run("restore", Place, _cli.PathOf("early"), "--time", "1999-01-02");
        Assert.Equal(ExitCode.Database, early.Code);
        Assert.Contains("[RestoreInvalidVersion 2361]", early.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, _cli.Run("restore", Place, _cli.PathOf("x"), "--time", "noon").Code);
    }

    [Fact]
    public void The_shell_makes_a_backup_while_the_database_goes_on()
    {
        _cli.Answer("shell", _cli.Database, "--exec", $"set d 4; backup {Place}; set e 5");
        _cli.Answer("restore", Place, _cli.PathOf("copy"));
        Assert.Equal("4", _cli.Answer("count", _cli.PathOf("copy")));
        Assert.Equal("5", _cli.Answer("count", _cli.Database));
    }

    [Fact]
    public void An_encrypted_backup_needs_its_key()
    {
        var key = _cli.PathOf("backup.key");
        _cli.Answer("backup", "key", key);
        Assert.Equal(ExitCode.Usage, _cli.Run("backup", "key", key).Code);
        _cli.Answer("backup", "create", _cli.Database, Place, "--key-file", key);

        var refused = _cli.Run("backup", "list", Place);
        Assert.Equal(ExitCode.Database, refused.Code);
        Assert.Contains("[InvalidEncryptionKeyFile 2383]", refused.Error, StringComparison.Ordinal);
        var wrong = _cli.Run("backup", "list", Place, "--key-file", _cli.Write("other.key", "no key\n"));
        Assert.Contains("is no key file", wrong.Error, StringComparison.Ordinal);

        _cli.Answer("restore", Place, _cli.PathOf("copy"), "--key-file", key);
        Assert.Equal("a\t1\nb\t2\nc\t3", _cli.Answer("range", _cli.PathOf("copy")));
    }

    [Fact]
    public void Old_backups_are_pruned()
    {
        for (var index = 0; index < 3; index++)
        {
            _cli.Answer("set", _cli.Database, "n", $"{index}");
            _cli.Answer("backup", "create", _cli.Database, Place, "--link");
        }
        Assert.Contains("would remove 2 backups", _cli.Answer("backup", "prune", Place, "--keep", "1", "--dry-run"),
            StringComparison.Ordinal);
        var pruned = _cli.AnswerInJson("backup", "prune", Place, "--keep", "2");
        Assert.Equal(["000001"], pruned.GetProperty("removed").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(2, _cli.AnswerInJson("backup", "list", Place).GetProperty("backups").GetArrayLength());
        Assert.Equal(ExitCode.Usage, _cli.Run("backup", "prune", Place).Code);
        _cli.Answer("restore", Place, _cli.PathOf("copy"));
        Assert.Equal("2", _cli.Answer("get", _cli.PathOf("copy"), "n"));
    }

    [Fact]
    public void Damage_and_folders_in_use_are_refused_with_their_names()
    {
        _cli.Answer("backup", "create", _cli.Database, Place);
        Assert.Equal(ExitCode.Usage, _cli.Run("backup", "create", _cli.Database, _cli.Database).Code);
        var full = _cli.Run("restore", Place, _cli.Database);
        Assert.Contains("[RestoreDestinationNotEmpty 2370]", full.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Database, _cli.Run("backup", "list", _cli.PathOf("nowhere")).Code);

        var damaged = Directory.EnumerateFiles(Path.Combine(Place, "objects")).First();
        var bytes = File.ReadAllBytes(damaged);
        bytes[^1] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        var verified = _cli.Run("backup", "verify", Place);
        Assert.Equal(ExitCode.Database, verified.Code);
        Assert.Contains($"DAMAGE: objects/{Path.GetFileName(damaged)} at 0: ", verified.Out, StringComparison.Ordinal);
        var restored = _cli.Run("restore", Place, _cli.PathOf("copy"));
        Assert.Equal(ExitCode.Database, restored.Code);
        Assert.Contains(Path.GetFileName(damaged), restored.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Database, _cli.Run("range", _cli.PathOf("copy")).Code);
    }
}
