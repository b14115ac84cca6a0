using System.Globalization;

namespace FerrisDB.Storage;

// backups/000001 (CheckedText; sealed if the target is encrypted):
//
//     ferrisdb backup 1
//     id 000001                              the name of this file
//     taken 1767225600000                    when, in milliseconds since 1970
//     versions 5000 7500                     every version from 5000 to 7500 can be restored
//     clock 7600 100 1000000                 BackupClock; missing if versions do not follow a clock
//     by FerrisDB 0.1.0
//     file MANIFEST-000001 1830 3f6c...e1 -  name, bytes, SHA-256, FileStamp or -
//     file 000007.wal 65536 ...
//     file 000012.sst 1048576 ...
//     sha256 ...
//
// The files are those of a database that was closed in good order: a manifest with one snapshot, a log that ends with
// an end mark, the tables and the blobs.

/// <summary>One backup: what it can restore, and of which files it consists.</summary>
internal sealed record BackupManifest
{
    private const int FormatVersion = 1;
    private const string FormatWord = "ferrisdb backup ";

    public required string Id { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Everything up to this version is in tables: an older one cannot be restored.</summary>
    public required long FirstVersion { get; init; }

    /// <summary>The newest version that the log has.</summary>
    public required long LastVersion { get; init; }

    public BackupClock? Clock { get; init; }

    public required string CreatedBy { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>What stands there of a backup that this program makes.</summary>
    public static string ThisProgram => $"FerrisDB {typeof(StorageEngine).Assembly.GetName().Version?.ToString(3)}";

    public long SizeBytes => Files.Sum(file => file.SizeBytes);

    public byte[] Format()
    {
        var lines = new List<string>
        {
            $"{FormatWord}{FormatVersion}",
            $"id {Id}",
            Text($"taken {TakenAt.ToUnixTimeMilliseconds()}"),
            Text($"versions {FirstVersion} {LastVersion}"),
        };
        if (Clock is { } clock)
            lines.Add(Text($"clock {clock.Version} {clock.Since} {clock.PerSecond}"));
        lines.Add($"by {CreatedBy}");
        foreach (var file in Files)
            lines.Add(Text($"file {file.Name} {file.SizeBytes} {file.Hash} {file.Stamp?.ToString() ?? "-"}"));
        return CheckedText.Format(lines);
    }

    /// <param name="file">For messages.</param>
    /// <param name="id">The name that it was found under.</param>
    /// <param name="content">What was read.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.FormatTooNew"/>
    /// </exception>
    public static BackupManifest Parse(string file, string id, ReadOnlySpan<byte> content)
    {
        var lines = CheckedText.Parse(file, content);
        BackupFormat.CheckVersion(file, lines[0], FormatWord, FormatVersion);
        var numbers = new Dictionary<string, long[]>();
        var (foundId, createdBy) = ("", "");
        var files = new List<BackupFile>();
        foreach (var line in lines.Skip(1))
        {
            var words = line.Split(' ');
            if (words[0] == "file")
                files.Add(ParseFile(file, line, words));
            else if (words[0] == "by")
                createdBy = line[3..];
            else if (words[0] == "id" && words.Length == 2)
                foundId = words[1];
            else
                numbers[words[0]] = [.. words.Skip(1).Select(word => BackupFormat.TryParse(word) ?? -1)];
        }
        if (foundId != id)
            throw FerrisException.CorruptBackup(file, 0, $"backup {id}", $"backup {foundId}");
        if (numbers.GetValueOrDefault("taken") is not [var taken]
            || numbers.GetValueOrDefault("versions") is not [var first, var last]
            || !BackupManifestCheck.IsPlausible(taken, first, last, files))
            throw FerrisException.CorruptBackup(file, 0, "a time, versions and files", "others");
        return new BackupManifest
        {
            Id = id,
            TakenAt = DateTimeOffset.FromUnixTimeMilliseconds(taken),
            FirstVersion = first,
            LastVersion = last,
            Clock = numbers.GetValueOrDefault("clock") is [var version, var since, > 0 and var perSecond]
                ? new BackupClock(version, since, perSecond)
                : null,
            CreatedBy = createdBy,
            Files = files,
        };
    }

    /// <summary>
    /// The newest version that was there at a time, as far as this backup can restore it; null if it cannot.
    /// </summary>
    public long? VersionAt(DateTimeOffset time)
    {
        if (Clock is not { } clock)
            return time >= TakenAt ? LastVersion : null;
        var passed = (time - TakenAt).TotalSeconds;
        var version = Math.Min(LastVersion, (long)(clock.Version + (passed * clock.PerSecond)));
        if (version >= Math.Max(clock.Since, FirstVersion))
            return version;
        // What a flush has made durable since the look at the clock is a little newer, and nothing older can be had.
        return passed >= 0 ? Math.Max(version, FirstVersion) : null;
    }

    private static BackupFile ParseFile(string file, string line, string[] words)
    {
        if (words is not [_, var name, var size, { Length: 64 } hash, var stamp]
            || BackupFormat.TryParse(size) is not { } sizeBytes
            || !FileNames.TryParse(name, out _, out _))
            throw FerrisException.CorruptBackup(file, 0, "a file of a database", $"'{line}'");
        return new BackupFile(name, sizeBytes, hash, FileStamp.TryParse(stamp, out var known) ? known : null);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
